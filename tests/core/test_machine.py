"""Machines: the walk, choice and shrinking, inconclusive rules, seeds and budgets."""

from types import SimpleNamespace

import pytest
from hypothesis import strategies as st

from troth import applies, control, expect
from troth.exchange import Exchange, Request, Response
from troth.models.machine import Machine, Rule, drive
from troth.profile import Profile, register
from troth.prop import Property, Tally
from troth.runner.run import run
from troth.verdict import Verdict
from troth.world import World

register()
PROPERTY = Property("FUZ999", "low", (), (), (), "held", "FUZ999: it holds.")
SMOKE = Profile("smoke", machine_examples=1, machine_steps=5)
CI = Profile("ci", machine_examples=40, machine_steps=10)


class Shop:
    """A service in memory: its worlds' exchanges are numbered, and what is asked is noted."""

    def __init__(self, profile, *, seed=None, overdue=lambda: False):
        self.profile, self.seed, self.overdue = profile, seed, overdue
        self.tally = Tally(PROPERTY, "GET /x")
        self.examples = []
        self.number = 0

    def world(self):
        return World(self, self.tally)

    def begin(self, world):
        self.examples.append([])
        return SimpleNamespace(world=world, stock={}, log=self.examples[-1])

    def note(self, state, what, status=200):
        self.number += 1
        state.log.append(what)
        example = state.world.example
        request = Request("POST", f"http://h/{what}")
        exchange = Exchange(
            self.number, "alice", "GET /x", request, Response(status), purpose=example.step
        )
        example.exchanges.append(exchange)
        return exchange

    def run(self, machine):
        return run(
            self.tally,
            lambda: drive(self, machine),
            {},
            self.profile,
            seed=self.seed,
            settle=lambda: None,
        )


def shop_machine(shop, *, broken=False, rest=()):
    """Put, take, count; where it is broken the third put of one example is lost."""

    def put(state, amount):
        state.stock[len(state.stock)] = amount
        shop.note(state, f"put-{amount}")

    def take(state, which):
        state.stock.pop(which)
        shop.note(state, f"take-{which}")

    def count(state):
        shown = min(len(state.stock), 2) if broken else len(state.stock)
        seen = shop.note(state, "count")
        expect(shown == len(state.stock), "it lost one", seen, root="lost")

    rules = (
        Rule("put one", put, {"amount": st.integers(1, 9)}),
        Rule("count", count, when=lambda state: bool(state.stock)),
        Rule(
            "take one",
            take,
            {"which": lambda state: st.sampled_from(sorted(state.stock))},
            when=lambda state: bool(state.stock),
        ),
        *rest,
    )
    return Machine("shop", shop.begin, rules)


def test_a_short_run_walks_the_rules_in_their_order():
    shop = Shop(SMOKE)
    result = shop.run(shop_machine(shop))
    assert shop.examples == [["put-1", "count", "take-0", "put-1", "count"]]
    assert (result.verdict, result.examples, result.conclusive) == (Verdict.PASS, 1, 1)


def test_a_longer_run_has_as_many_examples_and_steps_as_the_profile_says():
    shop = Shop(CI)
    result = shop.run(shop_machine(shop))
    assert result.verdict is Verdict.PASS
    # Hypothesis gives some up when its first try had too little data for them.
    assert 1 + 40 <= result.examples <= 1 + 2 * 40
    assert max(map(len, shop.examples)) == 10
    assert len({tuple(each) for each in shop.examples}) > 20


def test_a_failure_shrinks_to_the_shortest_sequence_and_has_all_of_it():
    shop = Shop(CI)
    result = shop.run(shop_machine(shop, broken=True))
    assert result.verdict is Verdict.FAIL
    (finding,) = result.findings
    assert finding.reproduced
    sent = [each.request.url.rpartition("/")[2] for each in finding.history]
    assert sent == ["put-1", "put-1", "put-1", "count"]
    assert [each.purpose for each in finding.history] == [
        "step 1, put one",
        "step 2, put one",
        "step 3, put one",
        "step 4, count",
    ]


def test_what_the_walk_meets_is_made_shorter_too():
    shop = Shop(SMOKE)

    def fail(state):
        seen = shop.note(state, "fail")
        expect(not state.stock, "it fails", seen, root="fails")

    rest = (Rule("fail", fail, when=lambda state: bool(state.stock)),)
    machine = shop_machine(shop, rest=rest)
    shop.profile = Profile("smoke", machine_examples=1, machine_steps=9)
    (finding,) = shop.run(machine).findings
    assert [each.request.url.rpartition("/")[2] for each in finding.history] == ["put-1", "fail"]
    assert finding.reproduced


def test_what_did_not_come_again_is_inconclusive():
    shop = Shop(SMOKE)

    def once(state):
        seen = shop.note(state, "once")
        expect(len(shop.examples) > 1, "only the first time", seen, root="once")

    result = shop.run(Machine("once", shop.begin, (Rule("once", once),)))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "seen once" in result.reason


def test_an_inconclusive_rule_ends_its_example_and_no_other():
    shop = Shop(CI)

    def refuse(state):
        shop.note(state, "refuse")
        control(False, "it was refused")

    rest = (Rule("be refused", refuse, when=lambda state: len(state.stock) > 2),)
    result = shop.run(shop_machine(shop, rest=rest))
    assert result.verdict is Verdict.PASS
    assert 0 < result.conclusive < result.examples
    assert all("refuse" not in each[:-1] for each in shop.examples)
    assert shop.tally.unanswered.keys() == {"it was refused"}


def test_what_is_inconclusive_from_the_beginning_is_no_pass():
    shop = Shop(CI)

    def begin(world):
        control(False, "nothing can be made")

    result = shop.run(Machine("none", begin, (Rule("never", lambda _: None),)))
    assert (result.verdict, result.reason) == (Verdict.INCONCLUSIVE, "nothing can be made")


def test_what_says_nothing_here_is_skipped():
    shop = Shop(CI)

    def begin(world):
        applies(False, "it has no list")

    result = shop.run(Machine("none", begin, (Rule("never", lambda _: None),)))
    assert result.inapplicable == "it has no list"
    assert result.examples == 1


def test_a_state_without_a_way_on_ends_the_example():
    shop = Shop(CI)
    once = Rule("once", lambda state: shop.note(state, "x") and None, when=lambda s: not s.log)
    rules = (once,)
    result = shop.run(
        Machine("one", shop.begin, rules, invariants=(lambda state: expect(True, "so"),))
    )
    assert result.verdict is Verdict.PASS
    assert set(map(len, shop.examples)) <= {1}


def test_what_is_first_comes_first_in_every_example():
    shop = Shop(CI)
    login = Rule("log in", lambda state: shop.note(state, "login") and None, first=True)
    shop.run(shop_machine(shop, rest=(login,)))
    assert {each[0] for each in shop.examples} == {"login"}
    assert {each.count("login") for each in shop.examples} == {1}


def test_an_invariant_is_asked_after_each_step():
    shop = Shop(CI)

    def few(state):
        expect(len(state.stock) < 4, "four are there", root="four")

    machine = shop_machine(shop)
    result = shop.run(Machine("few", machine.begin, machine.rules, invariants=(few,)))
    (finding,) = result.findings
    assert len(finding.history) == 4


def test_the_seed_decides_and_without_one_each_run_is_the_same():
    def asked(seed):
        shop = Shop(Profile("nightly" if seed is not None else "ci", 1, 1, 20, 8), seed=seed)
        shop.run(shop_machine(shop))
        return shop.examples

    assert asked(None) == asked(None)
    assert asked(7) == asked(7) != asked(8)


def test_the_budget_ends_a_run_between_two_steps():
    turns = iter(range(1000))
    shop = Shop(CI, overdue=lambda: next(turns) > 15)
    result = shop.run(shop_machine(shop))
    assert result.cut_short
    assert result.examples < 40
    assert result.verdict is Verdict.PASS


def test_a_service_that_is_not_the_same_each_time_is_asked_on():
    shop = Shop(CI)

    def odd(state):
        return len(shop.examples) % 2 == 1

    rest = tuple(
        Rule(f"now and then {n}", lambda state: shop.note(state, "odd") and None, when=odd)
        for n in range(3)
    )
    result = shop.run(shop_machine(shop, rest=rest))
    assert result.verdict is Verdict.PASS
    assert result.findings == ()


def test_a_fault_of_ours_is_raised_without_the_arguments():
    shop = Shop(CI)

    def crash(state, secret):
        raise ZeroDivisionError

    machine = Machine("crash", shop.begin, (Rule("crash", crash, {"secret": st.just("hunter2")}),))
    with pytest.raises(ZeroDivisionError) as caught:
        shop.run(machine)
    assert not getattr(caught.value, "__notes__", [])


def test_nothing_is_printed(capsys):
    shop = Shop(CI)
    shop.run(shop_machine(shop, broken=True))
    assert capsys.readouterr() == ("", "")
