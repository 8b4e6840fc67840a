"""Histories written by hand: which of them some order explains."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.models.linear import Call, Read, Write, order, register


def explained(*calls, start=0):
    return order([Call(*each) for each in calls], start, register)


def test_one_after_the_other():
    assert explained((Write(1), 0, 1), (Read(1), 2, 3)) == (0, 1)


def test_a_read_after_a_write_that_had_ended_shows_it():
    assert explained((Write(1), 0, 1), (Read(0), 2, 3)) is None


def test_a_read_beside_a_write_may_show_either():
    assert explained((Write(1), 0, 3), (Read(0), 1, 2)) == (1, 0)
    assert explained((Write(1), 0, 3), (Read(1), 1, 2)) == (0, 1)


def test_two_reads_do_not_go_back_in_time():
    write = (Write(1), 0, 9)
    assert explained(write, (Read(1), 1, 2), (Read(0), 3, 4)) is None
    assert explained(write, (Read(0), 1, 2), (Read(1), 3, 4)) == (1, 0, 2)


def test_a_lost_write_is_none_that_an_order_explains():
    both = ((Write(1), 0, 2), (Write(2), 0, 2))
    assert explained(*both, (Read(1), 3, 4)) == (1, 0, 2)
    assert explained(*both, (Read(0), 3, 4)) is None
    assert explained(*both, (Read(1), 3, 4), (Read(2), 3, 4)) is None


def test_what_was_refused_has_no_effect():
    assert explained((Write(1, False), 0, 1), (Read(0), 2, 3)) == (0, 1)
    assert explained((Write(1, False), 0, 1), (Read(1), 2, 3)) is None


@pytest.mark.parametrize("seen", [0, 1])
def test_what_was_never_answered_took_effect_or_did_not(seen):
    assert explained((Write(1, None), 0), (Read(seen), 2, 3)) is not None


def test_what_was_never_answered_takes_effect_once():
    calls = ((Write(1, None), 0), (Read(1), 2, 3), (Read(0), 4, 5))
    assert explained(*calls) is None


def plainly(calls, start):
    """The definition itself: try every order."""
    for each in itertools.permutations(range(len(calls))):
        state = start
        ok = all(
            calls[one].ended >= calls[other].began
            for place, other in enumerate(each)
            for one in each[place + 1 :]
        )
        for place in each:
            shown, state = register(state, calls[place].action)
            ok = ok and shown
        if ok:
            return True
    return False


actions = st.one_of(
    st.builds(Write, st.integers(1, 2), st.booleans()), st.builds(Read, st.integers(0, 2))
)
calls = st.lists(
    st.tuples(actions, st.integers(0, 6), st.integers(0, 4)).map(
        lambda each: Call(each[0], each[1], each[1] + each[2])
    ),
    max_size=5,
)


@given(calls)
def test_the_search_says_what_trying_every_order_says(history):
    assert (order(history, 0, register) is not None) == plainly(history, 0)
