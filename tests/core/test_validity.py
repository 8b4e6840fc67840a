"""Validity is decided apart from the generator."""

from dataclasses import replace

import pytest

from troth.spec.operation import Spec
from troth.spec.validity import Validity, nullable, readings


def validity(openapi: str = "3.1.0", **components: object) -> Validity:
    spec = Spec(
        title="t",
        version="1",
        openapi=openapi,
        digest="",
        source="",
        document={"components": {"schemas": components}},
        operations=(),
        broken=(),
        schemes={},
    )
    return Validity(spec)


def test_a_violation_names_the_place_and_the_kind_without_values():
    schema = {
        "type": "object",
        "required": ["n"],
        "additionalProperties": False,
        "properties": {"n": {"$ref": "#/components/schemas/Count"}, "s": {"maxLength": 2}},
    }
    judge = validity(Count={"type": "integer"})
    assert [(each.pointer, each.kind) for each in judge.violations(schema, {"n": False}) or ()] == [
        ("/n", "type: boolean for integer")
    ]
    assert [each.pointer for each in judge.violations(schema, {}) or ()] == ["/n"]
    kinds = [each.kind for each in judge.violations(schema, {"n": 1, "secret-value": 2}) or ()]
    assert kinds == ["property that is not allowed"]
    assert judge.violations(schema, {"n": 1, "s": "ab"}) == ()


def test_references_are_followed_through_the_components():
    judge = validity(
        Tree={"type": "object", "properties": {"left": {"$ref": "#/components/schemas/Leaf"}}},
        Leaf={"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
        # Nobody refers to it: that it cannot be read is no matter.
        Broken={"type": "string", "pattern": "(?<=a"},
    )
    tree = {"$ref": "#/components/schemas/Tree"}
    assert judge.violations(tree, {"left": {"left": None}}) == ()
    found = judge.violations(tree, {"left": {"left": 1}})
    assert found is not None
    assert found != ()
    assert judge.violations({"$ref": "#/components/schemas/Nowhere"}, 1) is None


def test_what_json_cannot_express_is_unknown():
    assert validity().violations({"type": "string"}, object()) is None


def test_a_pattern_nobody_can_read_claims_nothing():
    assert validity().violations({"type": "string", "pattern": "(?<=a"}, "x") is None


@pytest.mark.parametrize(
    ("schema", "text", "invalid"),
    [
        ({"type": "integer"}, "5", False),
        ({"type": "integer"}, "0.5", True),
        ({"type": "integer"}, "AAA", True),
        ({"type": "integer", "maximum": 100}, "101", True),
        ({"type": "string"}, "null", False),
        ({"type": "string", "maxLength": 2}, "abc", True),
        ({"type": "boolean"}, "true", False),
        ({"type": "boolean"}, "AAA", True),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "null", False),
        ({"type": "array", "items": {"type": "integer"}}, "x", None),
        ({}, "x", None),
        ({"type": "integer"}, "", None),
    ],
)
def test_a_parameter_is_invalid_only_if_no_reading_of_it_is_valid(schema, text, invalid):
    found = validity().text_violations(schema, text)
    assert (None if found is None else bool(found)) == invalid


def test_nullable_of_openapi_3_0():
    judge = validity("3.0.3")
    schema = {"type": "string", "nullable": True, "enum": ["a"]}
    assert judge.violations(schema, None) == ()
    assert judge.violations(schema, "a") == ()
    assert judge.violations(schema, "b") != ()
    assert nullable({"items": [{"nullable": True, "type": "string"}]}) == {
        "items": [{"anyOf": [{"type": "null"}, {"type": "string"}]}]
    }


def test_readings_take_no_liberties():
    assert readings("1") == ["1", 1]
    assert readings("1.0") == ["1.0", 1.0]
    assert readings("01") == ["01", 1.0]
    assert readings("x") == ["x"]


@pytest.mark.parametrize("openapi", ["3.0.3", "3.1.0"])
def test_what_only_the_other_side_writes_is_required_of_it_alone(openapi):
    user = {
        "type": "object",
        "required": ["id", "password", "name"],
        "properties": {
            "id": {"$ref": "#/components/schemas/Id"},
            "password": {"type": "string", "writeOnly": True},
            "name": {"type": "string"},
        },
    }
    below = {"allOf": [{"$ref": "#/components/schemas/User"}, {"required": ["id", "name"]}]}
    sent = validity(openapi, User=user, Id={"type": "integer", "readOnly": True})
    told = replace(sent, answers=True, _validators={})
    for schema in (user, below, {"$ref": "#/components/schemas/User"}):
        assert sent.violations(schema, {"password": "x", "name": "y"}) == ()
        assert sent.violations(schema, {"password": "x"})
        assert sent.violations(user, {"id": 1, "name": "y"})
        assert told.violations(schema, {"id": 1, "name": "y"}) == ()
        assert told.violations(schema, {"name": "y"})
        assert sent.violations(schema, {"id": "x", "password": "x", "name": "y"}) == ()
        assert told.violations(schema, {"id": "x", "name": "y"})
