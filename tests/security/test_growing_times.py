"""What grows with the size, time after time, is held against a service; a busy machine is not."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.probes import growth
from troth.probes.growth import EXPLODING, LONG, LONGEST, SHORTEST, SLOW, explodes, grows, step
from troth.prop import Inconclusive

NO_ANSWER = SimpleNamespace()


class Timed:
    """Answers after ``seconds(value)``, and a ``pause`` of the machine that comes with each."""

    def __init__(self, seconds, pauses=()):
        self.seconds, self.pauses, self.asked = seconds, iter(pauses), []

    def time(self, value, _):
        self.asked.append(value)
        return self.seconds(value) + next(self.pauses, 0.0), NO_ANSWER

    once_more = time


@pytest.fixture
def found(monkeypatch):
    said = []
    monkeypatch.setattr(growth, "_found", lambda clock, how, *_: said.append(how))
    return said


def test_what_doubles_with_each_letter_is_found_and_not_waited_for_long(found):
    clock = Timed(lambda text: 2e-6 * 2 ** text.count("a"))
    assert explodes(clock, EXPLODING[0])
    assert len(found) == 1
    assert max(2e-6 * 2 ** each.count("a") for each in clock.asked) < 16 * SLOW


def test_what_triples_is_not_waited_for_long_either(found):
    clock = Timed(lambda text: 1e-8 * 3 ** text.count("a"))
    assert explodes(clock, EXPLODING[0])
    assert len(found) == 1
    assert max(1e-8 * 3 ** each.count("a") for each in clock.asked) < 60


def test_a_fast_place_is_asked_four_times(found):
    clock = Timed(lambda _: 0.003)
    assert not explodes(clock, EXPLODING[0])
    assert not grows(clock, LONG[0])
    assert (found, len(clock.asked)) == ([], 5)


def test_what_is_always_slow_is_no_finding(found):
    clock = Timed(lambda _: 0.7)
    assert explodes(clock, EXPLODING[0])
    assert grows(clock, LONG[0])
    assert found == []


@pytest.mark.parametrize("power", [2.0, 3.0])
def test_what_grows_faster_than_the_size_is_found(found, power):
    assert grows(Timed(lambda text: 0.004 + 0.8 * (len(text) / 8192) ** power), LONG[0])
    assert len(found) == 1


def test_what_grows_with_the_size_is_no_finding(found):
    assert grows(Timed(lambda text: 0.004 + 0.8 * len(text) / 8192), LONG[0])
    assert found == []


def test_where_the_machine_is_too_busy_nothing_is_said(found):
    """It does grow, and a pause of the machine hides the order of one round."""
    pauses = [0.0, 0.9]
    clock = Timed(lambda text: 0.8 * (len(text) / 8192) ** 2, pauses)
    with pytest.raises(Inconclusive):
        grows(clock, LONG[0])
    assert found == []


@given(st.lists(st.floats(0, 3), max_size=60))
def test_pauses_in_any_order_are_hardly_ever_taken_for_growth(pauses):
    """Whatever the machine does while 0.003 s are measured; only all rounds in order could be."""
    said = []
    clock = Timed(lambda _: 0.003, pauses)
    ordered = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growth, "_found", lambda *_: said.append(1))
        try:
            grows(clock, LONG[0])
        except Inconclusive:
            return
    taken = [0.003 + each for each in [*pauses, *[0.0] * 60]][1:]
    for turn in range(3):
        row = taken[turn * 8 : turn * 8 + 8 : 2]
        row = row if turn % 2 == 0 else row[::-1]
        ordered += row == sorted(row)
    assert not said or ordered == 3


def test_steps_are_small_where_time_is_not():
    assert [step(each) for each in (0.001, 0.05, 0.3, 0.49)] == [6, 6, 3, 3]
    assert SHORTEST + 6 < LONGEST
