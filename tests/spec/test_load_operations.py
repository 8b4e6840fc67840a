"""What a document says of its operations, and what is wrong with those it says badly."""

import pytest

from troth.spec.load import load
from troth.spec.operation import Link, Scheme
from troth.spec.read import base_path


def document(paths, version="3.1.0", **more):
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths, **more}


OK = {"200": {"description": "fine"}}
JSON = "application/json"


def only(spec):
    assert spec.broken == ()
    (operation,) = spec.operations
    return operation


def broken(paths, **more):
    """The fault of the one broken operation; beside it a sound one must load."""
    spec = load(document({**paths, "/sound": {"get": {"responses": OK}}}, **more))
    assert [each.label for each in spec.operations] == ["GET /sound"]
    (fault,) = spec.broken
    return fault.label, fault.pointer, fault.message


def test_parameters_of_the_path_item_are_overridden_by_name_and_place():
    shared = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "q", "in": "query", "schema": {"type": "string"}, "deprecated": True},
        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
    ]
    own = [
        {"name": "q", "in": "query", "required": True, "schema": {"type": "boolean"}},
        {"name": "q", "in": "cookie", "schema": {}},
        {"name": "x-trace", "in": "header", "required": True, "schema": {}},
    ]
    paths = {"/a/{id}": {"parameters": shared, "get": {"parameters": own, "responses": OK}}}
    found = {(each.name, each.location): each for each in only(load(document(paths))).parameters}
    assert set(found) == {("id", "path"), ("q", "query"), ("q", "cookie"), ("x-trace", "header")}
    assert found["q", "query"].required
    assert found["q", "query"].schema == {"type": "boolean"}
    assert not found["q", "query"].deprecated


def test_a_forgotten_path_parameter_is_a_required_string():
    operation = only(load(document({"/a/{id}": {"get": {"responses": OK}}})))
    (parameter,) = operation.parameters
    assert (parameter.name, parameter.location, parameter.required) == ("id", "path", True)
    assert parameter.schema == {"type": "string", "minLength": 1}


def test_a_misspelt_path_parameter_lends_its_schema():
    declared = {"name": "itemId", "in": "path", "schema": {"type": "integer"}, "example": 3}
    paths = {"/a/{item_id}": {"get": {"parameters": [declared], "responses": OK}}}
    (parameter,) = only(load(document(paths))).parameters
    assert (parameter.name, parameter.required) == ("item_id", True)
    assert (parameter.schema, parameter.examples) == ({"type": "integer"}, (3,))


def test_path_parameters_are_required_and_headers_of_the_protocol_are_none():
    declared = [
        {"name": "id", "in": "path", "required": False, "schema": {}},
        *({"name": name, "in": "header", "schema": {}} for name in ("Authorization", "accept")),
        {"name": "Content-Type", "in": "header", "schema": {}},
    ]
    paths = {"/a/{id}": {"get": {"parameters": declared, "responses": OK}}}
    (parameter,) = only(load(document(paths))).parameters
    assert (parameter.name, parameter.required) == ("id", True)


def test_a_parameter_may_have_content():
    declared = {
        "name": "filter",
        "in": "query",
        "content": {JSON: {"schema": {"type": "object"}, "example": {"a": 1}}},
    }
    (parameter,) = only(
        load(document({"/a": {"get": {"parameters": [declared], "responses": OK}}}))
    ).parameters
    assert (parameter.schema, parameter.examples) == ({"type": "object"}, ({"a": 1},))


def test_references_are_resolved_and_schemas_keep_theirs():
    components = {
        "parameters": {
            "Q": {"$ref": "#/components/parameters/Q2"},
            "Q2": {"name": "q", "in": "query", "schema": {"$ref": "#/components/schemas/S"}},
        },
        "requestBodies": {
            "B": {
                "required": True,
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/S"}}},
            }
        },
        "responses": {
            "R": {
                "description": "r",
                "headers": {"ETag": {"$ref": "#/components/headers/E"}},
                "links": {"L": {"$ref": "#/components/links/L"}},
            }
        },
        "headers": {"E": {"schema": {"type": "string"}, "required": True}},
        "links": {
            "L": {"operationId": "other", "parameters": {"id": "$response.body#/id", "n": 3}}
        },
        "schemas": {
            "S": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/S"}}}
        },
        "pathItems": {"P": {"get": {"operationId": "other", "responses": OK}, "summary": "p"}},
    }
    paths = {
        "/a": {
            "post": {
                "parameters": [{"$ref": "#/components/parameters/Q"}],
                "requestBody": {"$ref": "#/components/requestBodies/B"},
                "responses": {"200": {"$ref": "#/components/responses/R"}},
            }
        },
        "/p": {"$ref": "#/components/pathItems/P"},
    }
    spec = load(document(paths, components=components))
    assert spec.broken == ()
    operation = spec.operation("POST /a")
    reference = {"$ref": "#/components/schemas/S"}
    assert operation.parameters[0].schema == reference
    assert operation.body.required
    assert operation.body.content[JSON].schema == reference
    response = operation.responses["200"]
    assert response.description == "r"
    assert response.headers == {"ETag": {"schema": {"type": "string"}, "required": True}}
    assert response.links == (Link("L", "GET /p", {"id": "$response.body#/id", "n": "3"}, None),)
    assert spec.operation("other").label == "GET /p"


def test_links_by_reference_lead_to_labels_and_dangling_ones_are_left_out():
    links = {
        "A": {"operationRef": "#/paths/~1a~1{id}/get"},
        "B": {"operationRef": "#/paths/~1a~1%7Bid%7D/get", "requestBody": "$request.body"},
        "C": {"operationId": "nowhere"},
    }
    paths = {
        "/a": {"post": {"responses": {"201": {"description": "", "links": links}}}},
        "/a/{id}": {"get": {"responses": OK}},
    }
    found = load(document(paths)).operation("POST /a").responses["201"].links
    assert [(each.name, each.operation) for each in found] == [
        ("A", "GET /a/{id}"),
        ("B", "GET /a/{id}"),
    ]
    assert found[1].body == "$request.body"


def test_examples_come_from_everywhere_once():
    parameter = {
        "name": "q",
        "in": "query",
        "example": "a",
        "examples": {
            "b": {"value": "b"},
            "a": {"$ref": "#/components/examples/A"},
            "u": {"externalValue": "x"},
        },
        "schema": {"$ref": "#/components/schemas/S"},
    }
    components = {
        "examples": {"A": {"value": "a"}},
        "schemas": {"S": {"type": "string", "example": "c", "examples": ["d", "a"]}},
    }
    body = {
        "content": {
            JSON: {
                "schema": {},
                "examples": {"n": {"value": None}, "t": {"value": True}, "o": {"value": 1}},
            }
        }
    }
    paths = {"/a": {"post": {"parameters": [parameter], "requestBody": body, "responses": OK}}}
    operation = only(load(document(paths, components=components)))
    assert operation.parameters[0].examples == ("a", "b", "c", "d")
    assert operation.body.content[JSON].examples == (None, True, 1)
    assert not operation.body.required


def test_security_is_overridden_switched_off_and_optional():
    schemes = {
        "bearer": {"type": "http", "scheme": "Bearer"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "odd": "nonsense",
        "oauth": {"$ref": "#/components/securitySchemes/o"},
        "o": {"type": "oauth2", "flows": {}},
    }
    paths = {
        "/global": {"get": {"responses": OK}},
        "/own": {"get": {"security": [{"key": [], "bearer": []}], "responses": OK}},
        "/public": {"get": {"security": [], "responses": OK}},
        "/optional": {"get": {"security": [{"key": []}, {}], "responses": OK}},
    }
    spec = load(document(paths, security=[{"bearer": []}], components={"securitySchemes": schemes}))
    found = {each.path: (each.security, each.secured) for each in spec.operations}
    assert found == {
        "/global": ((("bearer",),), True),
        "/own": ((("key", "bearer"),), True),
        "/public": ((), False),
        "/optional": ((("key",), ()), False),
    }
    assert spec.schemes["bearer"] == Scheme("bearer", "http", scheme="bearer")
    assert spec.schemes["key"] == Scheme("key", "apiKey", "header", "X-Key")
    assert spec.schemes["oauth"].kind == "oauth2"
    assert "odd" not in spec.schemes


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        (None, ""),
        ([], ""),
        ([{"url": "/"}], ""),
        ([{"url": "https://api.example.test"}], ""),
        ([{"url": "https://api.example.test/v1/"}, {"url": "/v2"}], "/v1"),
        (
            [{"url": "{scheme}://{host}/{base}/x", "variables": {"base": {"default": "api"}}}],
            "/api/x",
        ),
        ([{"url": "//host.test/v3?x=1"}], "/v3"),
        ([{"url": "api/v4"}], "/api/v4"),
        ([{"nope": 1}], ""),
        ([{"url": ""}], ""),
    ],
)
def test_base_path_is_the_path_of_the_first_server(servers, expected):
    paths = {"/a": {"get": {"responses": OK}}}
    more = {} if servers is None else {"servers": servers}
    assert load(document(paths, **more)).base_path == expected


def test_all_methods_of_3_2_are_operations():
    methods = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
    item = {each: {"responses": OK} for each in methods}
    item["additionalOperations"] = {"LINK": {"responses": OK}}
    item |= {"summary": "s", "x-own": {}, "servers": []}
    labels = [each.label for each in load(document({"/a": item}, "3.2.0")).operations]
    assert labels == [f"{each.upper()} /a" for each in methods] + ["LINK /a"]


def test_the_rest_of_an_operation():
    raw = {
        "operationId": "get_a",
        "tags": ["x", "y"],
        "deprecated": True,
        "summary": "Gets a",
        "responses": {"2XX": {"description": ""}, "default": {"description": ""}, "x-note": 1},
    }
    operation = only(load(document({"x-paths": {}, "/a": {"get": raw}})))
    assert (operation.id, operation.tags, operation.deprecated) == ("get_a", ("x", "y"), True)
    assert operation.summary == "Gets a"
    assert operation.raw == raw
    assert list(operation.responses) == ["2XX", "default"]
    assert operation.body is None


def test_responses_may_be_absent_from_3_1_on():
    paths = {"/a": {"get": {}}}
    assert only(load(document(paths))).responses == {}
    label, pointer, message = broken(paths, version="3.0.0")
    assert (label, pointer) == ("GET /a", "/paths/~1a/get/responses")
    assert "`responses` is absent" in message


S = "#/components/schemas/"


@pytest.mark.parametrize(
    ("operation", "pointer", "message"),
    [
        (
            {"parameters": [{"in": "query", "schema": {}}], "responses": OK},
            "/parameters/0",
            "without a `name`",
        ),
        (
            {"parameters": [{"name": "q", "schema": {}}], "responses": OK},
            "/parameters/0",
            "the `in` of parameter `q` is absent",
        ),
        (
            {"parameters": [{"name": "q", "in": "body", "schema": {}}], "responses": OK},
            "/parameters/0",
            "`requestBody`",
        ),
        (
            {"parameters": [{"name": "q", "in": "query"}], "responses": OK},
            "/parameters/0",
            "neither `schema` nor `content`",
        ),
        (
            {"parameters": [{"name": "q", "in": "query", "schema": {}}] * 2, "responses": OK},
            "/parameters/1",
            "declared twice",
        ),
        ({"parameters": {"name": "q"}, "responses": OK}, "/parameters", "an object"),
        (
            {"parameters": ["q"], "responses": OK},
            "/parameters/0",
            "a string, where a parameter belongs",
        ),
        (
            {"parameters": [{"$ref": "#/components/parameters/Q"}], "responses": OK},
            "/parameters/0/$ref",
            "leads nowhere",
        ),
        (
            {"parameters": [{"name": "q", "in": "query", "schema": None}], "responses": OK},
            "/parameters/0/schema",
            "null, where a schema belongs",
        ),
        (
            {"requestBody": {"content": {JSON: {"schema": {"$ref": S + "Ting"}}}}, "responses": OK},
            "/requestBody/content/application~1json/schema/$ref",
            "did you mean `Thing`?",
        ),
        ({"requestBody": {}, "responses": OK}, "/requestBody", "without `content`"),
        ({"responses": {"ok": {}}}, "/responses/ok", "`ok` is no status"),
        ({"responses": []}, "/responses", "a list"),
        ({"responses": {"200": None}}, "/responses/200", "null, where a response belongs"),
        (
            {"responses": {"200": {"content": {JSON: {"schema": {"properties": []}}}}}},
            "/responses/200/content/application~1json/schema/properties",
            "a list",
        ),
        (
            {"responses": {"200": {"content": {JSON: {"schema": {"type": "strin"}}}}}},
            "/responses/200/content/application~1json/schema/type",
            "no type of JSON",
        ),
        (
            {"responses": {"200": {"content": {JSON: {"schema": {"required": True}}}}}},
            "/responses/200/content/application~1json/schema/required",
            "list of the names",
        ),
        (
            {"responses": {"200": {"content": {JSON: {"schema": {"enum": "a"}}}}}},
            "/responses/200/content/application~1json/schema/enum",
            "not a list",
        ),
        ({"responses": OK, "security": {"a": []}}, "/security", "list the alternatives"),
        ("nonsense", "", "a string"),
    ],
)
def test_a_broken_operation_is_set_aside_with_the_place_of_its_fault(operation, pointer, message):
    components = {"schemas": {"Thing": {"type": "object"}}}
    label, place, said = broken({"/a": {"post": operation}}, components=components)
    assert (label, place) == ("POST /a", "/paths/~1a/post" + pointer)
    assert message in said


@pytest.mark.parametrize(
    ("schemas", "pointer"),
    [
        (
            {"A": {"properties": {"b": {"$ref": S + "B"}}}, "B": {"items": {"$ref": S + "None"}}},
            S[1:] + "B/items/$ref",
        ),
        (
            {"A": {"allOf": [{"$ref": S + "A"}, {"not": {"$ref": "#/nope"}}]}},
            S[1:] + "A/allOf/1/not/$ref",
        ),
        ({"A": {"additionalProperties": {"$ref": 3}}}, S[1:] + "A/additionalProperties/$ref"),
        ({"A": {"$ref": S + "B"}, "B": {"type": "void"}}, S[1:] + "B/type"),
    ],
)
def test_a_fault_anywhere_within_reach_breaks_the_operation(schemas, pointer):
    responses = {"200": {"content": {JSON: {"schema": {"$ref": S + "A"}}}}}
    _, place, _ = broken({"/a": {"get": {"responses": responses}}}, components={"schemas": schemas})
    assert place == pointer


def test_references_in_a_circle_break_only_where_an_object_is_needed():
    parameters = {
        "A": {"$ref": "#/components/parameters/B"},
        "B": {"$ref": "#/components/parameters/A"},
    }
    operation = {"parameters": [{"$ref": "#/components/parameters/A"}], "responses": OK}
    label, _, message = broken({"/a": {"get": operation}}, components={"parameters": parameters})
    assert label == "GET /a"
    assert "only leads to itself" in message


def test_properties_that_look_like_keywords_are_no_references():
    schema = {
        "properties": {
            "$ref": {"type": "string"},
            "default": {"$ref": S + "T"},
            "properties": {"type": "object", "properties": {"enum": {"type": "string"}}},
        },
        "default": {"$ref": "not a reference"},
        "example": {"$ref": "nor this"},
        "x-own": {"$ref": "nor that"},
    }
    body = {"content": {JSON: {"schema": schema, "example": {"$ref": "x"}}}}
    paths = {"/a": {"post": {"requestBody": body, "responses": OK}}}
    operation = only(load(document(paths, components={"schemas": {"T": {}}})))
    assert operation.body.content[JSON].examples == ({"$ref": "x"}, {"$ref": "nor this"})


def test_path_items_and_paths_can_be_at_fault():
    spec = load(
        document(
            {
                "/ok": {"get": {"responses": OK}},
                "no-slash": {"get": {"responses": OK}},
                "/list": [],
                "/ref": {"$ref": "#/components/pathItems/None"},
                "/shared": {"parameters": [{"name": "a"}], "get": {"responses": OK}},
            }
        )
    )
    assert [each.label for each in spec.operations] == ["GET /ok"]
    assert {(each.label, each.pointer) for each in spec.broken} == {
        ("GET no-slash", "/paths/no-slash"),
        ("* /list", "/paths/~1list"),
        ("* /ref", "/paths/~1ref/$ref"),
        ("GET /shared", "/paths/~1shared/parameters/0"),
    }


def test_a_document_with_nothing_sound_still_loads():
    spec = load(document({"/a": {"get": 1}}))
    assert spec.operations == ()
    assert len(spec.broken) == 1


def test_an_empty_server_is_no_base_path_wherever_the_document_came_from():
    assert base_path({"servers": [{"url": ""}]}, "http://api.example.test/v1/openapi.json") == ""
