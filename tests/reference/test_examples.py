"""Every example of the document is a value of the schema it stands beside."""

import json

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from tests.reference.described import described, operations
from troth.reference.samples import sample

_MAY_BE_NULL = {"anyOf": [{"type": "string"}, {"type": "null"}]}
JSON = ("application/json", "application/problem+json")


@pytest.fixture(scope="module")
def document():
    return described()


def shown(holder, schema):
    """The examples of a parameter, header or media type, wherever they are written."""
    found = [holder["example"]] if "example" in holder else []
    found += [each["value"] for each in holder.get("examples", {}).values()]
    return found + schema.get("examples", [])


def faults(document, schema, value):
    # Formats are asserted too: an id that is no UUID is no example.
    whole = {**schema, "components": document["components"]}
    checker = Draft202012Validator.FORMAT_CHECKER
    return [
        each.message
        for each in Draft202012Validator(whole, format_checker=checker).iter_errors(value)
    ]


def resolved(document, schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def places(document):
    """Name, schema and examples of whatever must have one."""
    for name, header in document["components"]["headers"].items():
        yield name, header["schema"], shown(header, header["schema"])
    for _, _, operation in operations(document):
        name = operation["operationId"]
        for parameter in operation.get("parameters", []):
            schema = resolved(document, parameter["schema"])
            said = shown(parameter, schema) + schema.get("enum", [])
            said += [True] if schema.get("type") == "boolean" else []
            yield f"{name} {parameter['name']}", schema, said
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for media_type, media in body.get("content", {}).items():
                if media_type in JSON:
                    schema = resolved(document, media["schema"])
                    yield f"{name} {media_type}", schema, shown(media, schema)
                for item in media.get("itemSchema", {}).get("oneOf", []):
                    yield f"{name} event", item, item["examples"]


def test_everything_has_an_example_which_its_schema_takes(document):
    seen = 0
    for name, schema, examples in places(document):
        assert examples, name
        for example in examples:
            assert faults(document, schema, example) == [], name
            seen += 1
    assert seen > 1500


def test_the_data_of_an_event_is_of_its_own_schema(document):
    seen = 0
    for _, _, operation in operations(document):
        for response in operation["responses"].values():
            items = response.get("content", {}).get("text/event-stream", {}).get("itemSchema", {})
            for item in items.get("oneOf", []):
                data = item["properties"]["data"]
                if "contentSchema" in data:
                    (example,) = item["examples"]
                    value = json.loads(example["data"])
                    assert faults(document, data["contentSchema"], value) == []
                    seen += 1
    assert seen > 40


def test_every_schema_is_one_and_says_what_it_is(document):
    for name, schema in document["components"]["schemas"].items():
        validator_for(schema, Draft202012Validator).check_schema(schema)
        assert name.isalnum(), name
        assert schema["description"], name
        assert "title" not in schema, name


def test_what_nothing_settles_has_no_sample():
    with pytest.raises(LookupError, match="no example of `colour`"):
        sample({"type": "object", "properties": {"colour": {"type": "string"}}}, {})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "examples": ["own"]}, "own"),
        ({"enum": ["first", "second"]}, "first"),
        ({"anyOf": [{"const": "said"}, {"type": "null"}]}, "said"),
        ({"properties": {"reason": _MAY_BE_NULL}, "type": "object"}, {"reason": None}),
        ({"type": "array", "items": {"const": 1}, "minItems": 3}, [1, 1, 1]),
        ({"type": "integer", "minimum": 7}, 7),
        ({"type": "boolean"}, True),
        ({"type": "object"}, {}),
        ({"$ref": "#/components/schemas/Known"}, {"ok": True}),
    ],
)
def test_a_sample_is_what_the_schema_says_first(schema, value):
    known = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
    assert sample(schema, {"Known": known}) == value
