"""What may come next, by a regular expression over types."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.spec.order import MOST, parse

TURN = "init (message | part)* (result|error) done"


@pytest.mark.parametrize(
    ("types", "wrong", "complete"),
    [
        ("", None, False),
        ("init", None, False),
        ("init part message result done", None, True),
        ("init error done", None, True),
        ("message", 0, False),
        ("init init", 1, False),
        ("init result result", 2, False),
        ("init result done init", 3, False),
        ("init unheard-of", 1, False),
    ],
)
def test_a_beginning_is_right_and_a_wrong_step_is_named(types, wrong, complete):
    order = parse(TURN)
    assert order.wrong(types.split()) == wrong
    assert order.complete(types.split()) is complete


def test_many_turns_and_what_comes_at_any_time():
    order = parse(f"({TURN})*", anytime=["pong", "error"])
    assert order.types() == {"init", "message", "part", "result", "error", "done"}
    for types, complete in {
        "init result done": True,
        "init result done init": False,
        "pong init pong result error done error": True,
        "init error done": True,  # the turn's own, and none that came between
        "error error": True,
    }.items():
        assert order.wrong(types.split()) is None
        assert order.complete(types.split()) is complete
    assert order.wrong(["pong", "done"]) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a (b", "a `(` is not closed"),
        ("a ) b", "a `)` closes nothing"),
        ("* a", "a `*` repeats nothing"),
        ("a | + b", "a `+` repeats nothing"),
        ("a [b]", "`[b]` is neither a type"),
        ("a{2}", "`{2}` is neither a type"),
        ("(" * 9000, f"more than {MOST}"),
    ],
)
def test_what_can_not_be_read_is_said(text, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        parse(text)


NODES = st.recursive(
    st.sampled_from("abc"),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda two: f"({two[0]}){two[1]}"),
    ),
    max_leaves=6,
)


@given(NODES, st.lists(st.sampled_from("abc"), min_size=1, max_size=5))
def test_it_agrees_with_the_standard_library(text, types):
    whole = re.fullmatch(text.replace(" ", ""), "".join(types)) is not None
    order = parse(text)
    assert order.complete(types) is whole
    if whole:
        assert order.wrong(types) is None
