"""JSON pointers read and write."""

from troth.spec.place import present, with_value


def test_reading():
    document = {"a": [{"b/c": 1}], "": 2}
    assert present(document, "/a/0/b~1c")
    assert present(document, "/")
    assert present(document, "")
    assert present(document, "/a/0")
    assert not present(document, "/a/1")
    assert not present(document, "/a/0/b~1c/d")


def test_writing_copies():
    document = {"a": [{"b": 1}]}
    assert with_value(document, "/a/0/b", 2) == {"a": [{"b": 2}]}
    assert with_value(document, "/c", 3) == {"a": [{"b": 1}], "c": 3}
    assert document == {"a": [{"b": 1}]}
