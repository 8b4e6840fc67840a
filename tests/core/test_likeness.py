"""What a service may make of a value, and what it may not."""

import pytest

from troth.models.likeness import alike, lost

SAME = [
    ("a", "a"),
    (" Ada  Lovelace ", "ada lovelace"),
    ("e\u0301", "\u00e9"),
    (1, 1.0),
    (0.3, 0.30000000001),
    ("1.50", "1.5"),
    ("2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00Z"),
    (["b", "a", "a"], ["a", "b"]),
    ({"a": 1}, {"a": 1, "added": True}),
    (None, "a default"),
    ({"a": None}, {}),
]
OTHER = [
    ("a", "b"),
    ("0" * 120, "0" * 40),
    (1, 2),
    (10**18 + 1, 10**18),
    (True, 1),
    (False, None),
    (0, None),
    ("", None),
    (["a", "b"], ["a"]),
    ({"a": 1}, {}),
    ("2026-01-01T12:00:00Z", "2026-01-01T12:00:01Z"),
]


@pytest.mark.parametrize(("sent", "shown"), SAME)
def test_what_is_written_otherwise_is_the_same(sent, shown):
    assert alike(sent, shown)


@pytest.mark.parametrize(("sent", "shown"), OTHER)
def test_what_is_another_value_is_not(sent, shown):
    assert not alike(sent, shown)


@pytest.mark.parametrize("empty", [0, 0.0, "", [], {}, False])
def test_an_empty_value_is_lost_when_nothing_is_shown(empty):
    assert lost(empty, None)
    assert not lost(empty, empty)


@pytest.mark.parametrize("value", [1, "a", [0], None, True])
def test_what_says_something_is_not_called_empty(value):
    assert not lost(value, None)
