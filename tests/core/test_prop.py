"""Verdicts of a tally, and shrinking within one root cause."""

from types import SimpleNamespace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from troth import control, expect
from troth.composing.inputs import Listed, Walk
from troth.finding import Complaint, collect
from troth.profile import Profile
from troth.prop import (
    CATALOGUE,
    Example,
    Inapplicable,
    Property,
    Refuted,
    Tally,
    as_finding,
    refutation,
)
from troth.runner.run import random_settings, run
from troth.verdict import Verdict
from troth.world import World

HELD = Property("FUZ999", "low", (), (), ("random",), "held", "FUZ999: it holds.")
PROFILE = Profile("ci", examples=200, boundary=10)


INTEGERS = st.integers()


def attempt(body, strategy=INTEGERS, **how):
    tally = Tally(HELD, "GET /x")
    target = SimpleNamespace(overdue=lambda: False)

    @settings(derandomize=True, database=None)
    @given(value=strategy)
    def test(value):
        with World(target, tally):
            body(value)

    return run(tally, test, {}, PROFILE, settle=lambda: None, **how)


def test_a_control_that_never_succeeds_is_inconclusive_and_not_a_pass():
    result = attempt(lambda value: control(False, "the owner was refused too"))
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.reason == "the owner was refused too"
    assert result.examples > 1
    assert result.conclusive == 0


def test_what_comes_too_late_is_not_asked_and_does_not_pass():
    asked = []
    result = attempt(asked.append, late=True)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert result.cut_short
    assert "time of the whole run" in result.reason
    assert not asked


def test_an_example_that_expects_nothing_proves_nothing():
    assert attempt(lambda value: None).verdict is Verdict.INCONCLUSIVE


def test_a_property_that_holds_passes():
    result = attempt(lambda value: expect(value is not None, "never"))
    assert (result.verdict, result.findings) == (Verdict.PASS, ())


def test_two_roots_are_two_findings_and_neither_shrinks_into_the_other():
    seen = []

    def body(value):
        seen.append(value)
        expect(value < 1000, "large", root="large")
        expect(value > -500, "small", root="small")

    result = attempt(body, st.integers(-100_000, 100_000))
    assert result.verdict is Verdict.FAIL
    assert {each.root for each in collect(result.findings)} == {"large", "small"}
    assert {1000, -500} <= set(seen)


def test_each_root_has_a_type_of_its_own():
    assert refutation("a") is refutation("a")
    assert refutation("a") is not refutation("b")
    assert issubclass(refutation("a"), Refuted)


def test_a_fault_of_ours_is_not_a_verdict():
    with pytest.raises(ZeroDivisionError):
        attempt(lambda value: 1 // 0)


def test_a_failure_that_does_not_come_again_is_inconclusive():
    calls = []

    def body(value):
        calls.append(value)
        expect(len(calls) != 3, "once", root="once")

    result = attempt(body)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "seen once" in result.reason


def test_the_random_phase_shrinks_and_takes_its_examples_from_the_profile():
    assert Phase.shrink in random_settings(PROFILE).phases
    assert random_settings(PROFILE).max_examples == 200


def walked(body, cases):
    tally = Tally(Property("FUZ998", "low", (), (), ("boundary",), "all", ""), "GET /x")
    target = SimpleNamespace(overdue=lambda: False)

    @given(data=st.data())
    def test(data):
        with World(target, tally):
            if not cases:
                raise Inapplicable("nothing to walk")
            body(data.draw(Listed(cases, lambda case: case)))

    return run(tally, test, {}, PROFILE, settle=lambda: None)


def test_the_boundary_phase_walks_the_whole_list_also_after_a_failure():
    seen = []

    def body(case):
        seen.append(case)
        expect(case % 3, "a multiple of three", root="three")
        expect(case % 5, "a multiple of five", root="five")

    result = walked(body, list(range(60)))
    assert seen == list(range(60))
    assert result.verdict is Verdict.FAIL
    assert {each.root: each.seen for each in result.findings} == {"three": 20, "five": 8}


def test_nothing_to_walk_is_no_pass():
    result = walked(lambda case: None, [])
    assert (result.verdict, result.inapplicable) == (Verdict.INCONCLUSIVE, "nothing to walk")


def test_only_listed_cases_are_drawn_in_the_boundary_phase():
    with pytest.raises(TypeError, match="only cases of a world"):
        Walk().draw(st.integers(), label="n")


def test_what_checks_charge_is_as_bad_whichever_suite_is_run(monkeypatch):
    monkeypatch.delitem(CATALOGUE, "SEC343", raising=False)
    running = Example(Tally(HELD, "GET /x"))
    found = as_finding(Complaint("SEC343", "a hash is shown", "a hash is shown"), running)
    assert (found.severity, "CWE-200" in found.refs) == ("high", True)
