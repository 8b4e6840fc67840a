"""Looking into schemas: references, combinations, cycles."""

from troth.spec.load import load
from troth.spec.schema import (
    branches,
    component,
    is_json,
    items,
    properties,
    resolve,
    response_schema,
    types,
)

JSON = "application/json"


def spec(schemas, responses=None, version="3.1.0"):
    return load(
        {
            "openapi": version,
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"responses": responses or {"200": {"description": ""}}}}},
            "components": {"schemas": schemas},
        }
    )


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def test_references_are_followed_with_their_siblings_except_in_3_0():
    schemas = {"A": {**ref("B"), "description": "a"}, "B": {"type": "string", "description": "b"}}
    assert resolve(spec(schemas), ref("A")) == {"type": "string", "description": "a"}
    assert resolve(spec(schemas, version="3.0.0"), ref("A")) == schemas["B"]


def test_cycles_dangling_references_and_booleans_are_harmless():
    made = spec(
        {"A": ref("B"), "B": ref("A"), "C": {"allOf": [ref("C"), {"properties": {"x": {}}}]}}
    )
    assert resolve(made, ref("A")) == {}
    assert resolve(made, ref("Nope")) == {}
    assert resolve(made, {"$ref": "https://elsewhere.test/x"}) == {}
    assert resolve(made, True) == {}
    assert resolve(made, False) == {"not": {}}
    assert properties(made, ref("C")) == {"x": {}}
    assert len(list(branches(made, ref("C")))) == 2


def test_properties_of_all_branches_are_merged_the_first_wins():
    made = spec(
        {
            "Base": {"properties": {"id": {"type": "integer"}, "a": {}}},
            "Cat": {
                "allOf": [ref("Base"), {"properties": {"id": {"type": "string"}, "purrs": {}}}]
            },
            "Pet": {
                "oneOf": [ref("Cat"), {"anyOf": [{"properties": {"b": {}}}, {"type": "null"}]}]
            },
        }
    )
    found = properties(made, {"properties": {"own": {}}, **ref("Pet")})
    assert found == {"own": {}, "id": {"type": "integer"}, "a": {}, "purrs": {}, "b": {}}


def test_items_are_found_through_references_and_branches():
    made = spec({"L": {"type": "array", "items": ref("A")}, "A": {"type": "string"}})
    assert items(made, ref("L")) == ref("A")
    assert items(made, {"anyOf": [{"type": "null"}, ref("L")]}) == ref("A")
    assert items(made, {"prefixItems": [{"type": "integer"}, {}]}) == {"type": "integer"}
    assert items(made, {"type": "object"}) is None
    assert items(made, True) is None


def test_types_and_components():
    made = spec({"A": {"type": ["string", "null"]}, "B": {"properties": {}}})
    assert types(made, {"anyOf": [ref("A"), ref("B")]}) == {"string", "null", "object"}
    assert types(made, {}) == frozenset()
    assert component(ref("A")) == "A"
    assert component({"type": "string"}) == ""
    assert component(True) == ""


def test_json_media_types():
    assert all(map(is_json, ("application/json; charset=utf-8", "application/HAL+json", "*/*")))
    assert not any(map(is_json, ("text/plain", "application/xml", "application/x-ndjson", "")))


def test_the_response_schema_is_the_first_documented_success_in_json():
    def chosen(responses):
        made = spec({}, responses)
        return response_schema(made, made.operations[0])

    def answer(kind, schema):
        return {"description": "", "content": {kind: {"schema": schema}}}

    many = {
        "404": answer(JSON, {"title": "no"}),
        "200": answer("text/plain", {"title": "text"}),
        "201": answer("application/vnd.x+json", {"title": "yes"}),
        "default": answer(JSON, {"title": "default"}),
    }
    assert chosen(many) == ("201", "application/vnd.x+json", {"title": "yes"})
    assert chosen({"2XX": answer(JSON, {"title": "range"})})[0] == "2XX"
    assert chosen({"default": answer(JSON, {"title": "all"})})[0] == "default"
    assert chosen({"204": {"description": ""}, "default": answer(JSON, {})}) is None
    assert chosen({"204": {"description": ""}}) is None
