"""However odd a document is, it loads with what is sound, or is refused with a message."""

import copy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.exchange import Exchange, Request, Response
from troth.spec.graph import build
from troth.spec.load import load
from troth.spec.second import second_judge

JSON = "application/json"
THING = {"$ref": "#/components/schemas/Thing"}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "/{v}", "variables": {"v": {"default": "v1"}}}],
    "security": [{"key": []}],
    "paths": {
        "/things": {
            "post": {
                "operationId": "make",
                "tags": ["a"],
                "requestBody": {"required": True, "content": {JSON: {"schema": THING}}},
                "responses": {
                    "201": {
                        "description": "",
                        "headers": {"Location": {"schema": {"type": "string"}}},
                        "content": {JSON: {"schema": THING, "examples": {"a": {"value": {}}}}},
                        "links": {"l": {"operationId": "show", "parameters": {"id": "$url"}}},
                    }
                },
            },
            "get": {
                "parameters": [{"$ref": "#/components/parameters/Owner"}],
                "responses": {
                    "200": {"content": {JSON: {"schema": {"type": "array", "items": THING}}}}
                },
            },
        },
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {}}],
            "get": {
                "operationId": "show",
                "responses": {"200": {"$ref": "#/components/responses/R"}},
            },
        },
    },
    "components": {
        "parameters": {"Owner": {"name": "owner_id", "in": "query", "schema": {"type": "string"}}},
        "responses": {"R": {"description": "", "content": {JSON: {"schema": THING}}}},
        "schemas": {
            "Thing": {
                "allOf": [{"type": "object", "required": ["id"], "properties": {"id": {}}}],
                "properties": {"owner_id": {"type": "string"}, "rows": {"items": THING}},
                "discriminator": {"propertyName": "id", "mapping": {"a": THING["$ref"]}},
            }
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}
ODD = [
    *(None, True, 1, 1.5, "", "x", [], {}, ["x"], [{}], {"a": {"b": 1}}, {"type": []}),
    *({"$ref": "#/nope"}, {"$ref": "#"}, {"$ref": 1}, {"$ref": "#/components/schemas"}),
    *({"$ref": "other.json#/x"}, {"$ref": "https://elsewhere.test/x"}, {"type": {}}),
]


def places(node, above=()):
    """Every place below the root, as a tuple of steps."""
    inside = node.items() if isinstance(node, dict) else enumerate(node)
    for step, each in inside:
        yield (*above, step)
        if isinstance(each, dict | list):
            yield from places(each, (*above, step))


@settings(
    max_examples=200, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(places(DOCUMENT))), st.sampled_from(ODD)),
        min_size=1,
        max_size=3,
    )
)
def test_no_odd_document_breaks_the_loader(changes):
    document = copy.deepcopy(DOCUMENT)
    for place, value in changes:
        node = document
        try:
            for step in place[:-1]:
                node = node[step]
            node[place[-1]] = copy.deepcopy(value)
        except (LookupError, TypeError):
            continue  # An earlier change has taken that place away.
    try:
        spec = load(document)
    except UsageError:
        return  # Refused as a whole: /paths itself is odd.
    assert spec.operations or spec.broken
    assert all(each.message and each.pointer.startswith("/") for each in spec.broken)
    labels = {each.label for each in spec.operations}
    assert not labels & {each.label for each in spec.broken}
    graph = build(spec)
    assert all(way.operation in labels for ways in graph.producers.values() for way in ways)
    judge = second_judge(spec)
    for operation in spec.operations:
        response = Response(200, (("Content-Type", JSON),), b'{"id": 1, "rows": [{"id": 2}]}')
        exchange = Exchange(1, "p", operation.label, Request("GET", "/"), response)
        assert judge.response(operation, exchange).ok in {True, False, None}
