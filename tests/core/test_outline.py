"""Two answers of one outline differ in their values only."""

import json

import pytest

from troth.exchange import Response
from troth.outline import outline


def answer(body: object, kind: str = "application/json") -> Response:
    return Response(200, (("Content-Type", kind),), json.dumps(body).encode())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": "x"}, {"b": "y", "a": 2}),
        ({"errors": [{"field": "a"}]}, {"errors": [{"field": "b"}, {"field": "c"}]}),
        ([1, "a"], ["b", 2, 3]),
    ],
)
def test_values_and_order_do_not_matter(one, other):
    assert outline(answer(one)) == outline(answer(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": None}, {}),
        ({"errors": []}, {"errors": [{"field": "a"}]}),
        ({"a": {"b": 1}}, {"a": {"b": 1.5}}),
    ],
)
def test_members_and_types_do(one, other):
    assert outline(answer(one)) != outline(answer(other))


def test_the_media_type_does():
    assert outline(answer({})) != outline(answer({}, "application/problem+json"))


def test_what_is_no_json_has_its_media_type_alone():
    assert outline(Response(200, (("Content-Type", "text/plain"),), b"\xff")) == "text/plain"


def test_it_ends_at_some_depth():
    deep: object = 1
    for _ in range(400):
        deep = [deep]
    assert outline(answer(deep)).count("[") == 12
