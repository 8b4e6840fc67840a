"""JSON pointers read and write."""

import pytest

from troth.spec.place import present, value_at, with_value, without


def test_reading():
    document = {"a": [{"b/c": 1}], "": 2}
    assert value_at(document, "/a/0/b~1c") == 1
    assert value_at(document, "/") == 2
    assert value_at(document, "") == document
    assert present(document, "/a/0")
    assert not present(document, "/a/1")
    with pytest.raises(LookupError):
        value_at(document, "/a/7")


def test_writing_copies():
    document = {"a": [{"b": 1}]}
    assert with_value(document, "/a/0/b", 2) == {"a": [{"b": 2}]}
    assert with_value(document, "/c", 3) == {"a": [{"b": 1}], "c": 3}
    assert without(document, "/a") == {}
    assert without({"a": {"b": 1, "c": 2}}, "/a/b") == {"a": {"c": 2}}
    assert document == {"a": [{"b": 1}]}
