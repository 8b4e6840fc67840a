"""openapi-core as second judge: what it holds of responses, and when it abstains."""

import json

import pytest

from troth.exchange import Breakage, Exchange, Request, Response
from troth.spec.load import load
from troth.spec.second import Opinion, second_judge

JSON = "application/json"
ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
VERSIONS = ("3.0.3", "3.1.1", "3.2.0")


def judge_of(
    schema=None, *, version="3.1.0", responses=None, schemas=None, method="get", path="/a"
):
    """A function from status, body and media type to the opinion of one operation's response."""
    responses = responses or {"200": {"description": "", "content": {JSON: {"schema": schema}}}}
    spec = load(
        {
            "openapi": version,
            "info": {"title": "t", "version": "1"},
            "paths": {path: {method: {"responses": responses}}},
            "components": {"schemas": schemas or {}},
        }
    )
    assert spec.broken == ()
    judge = second_judge(spec)

    def opinion(status, body, media_type=JSON, headers=(), **more):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = (("Content-Type", media_type),) if media_type else ()
        return judge.response(
            spec.operations[0],
            Exchange(
                1,
                "p",
                spec.operations[0].label,
                Request(spec.operations[0].method, "http://service.test/other/place"),
                Response(status, (*kind, *headers), raw, **more),
            ),
        )

    return opinion


def obj(required=(), **known):
    return {"type": "object", "properties": known, "required": list(required)}


STRING = {"type": "string"}


@pytest.mark.parametrize("version", VERSIONS)
def test_conforming_and_violating_bodies(version):
    judge = judge_of(
        {"$ref": "#/components/schemas/Thing"},
        version=version,
        schemas={
            "Thing": obj(["id"], id={"type": "string", "format": "uuid"}, n={"type": "integer"})
        },
    )
    assert judge(200, {"id": ID, "n": 1}) == Opinion(ok=True)
    assert judge(200, {"n": "x"}).ok is False
    wrong = judge(200, {"id": ID, "n": "x"})
    assert wrong == Opinion(ok=False, reason="/n: 'x' is not of type 'integer'")
    assert judge(200, {"id": "no uuid"}).ok is True, "formats are FUZ117's"
    assert judge(200, [1]).reason.startswith("the body: ")


@pytest.mark.parametrize("version", VERSIONS)
def test_null_where_it_is_allowed(version):
    text = {"type": "string", "nullable": True} if version < "3.1" else {"type": ["string", "null"]}
    judge = judge_of(obj(a=text, b=STRING), version=version)
    assert judge(200, {"a": None, "b": "x"}) == Opinion(ok=True)
    assert judge(200, {"b": None}).ok is False


def test_what_the_document_does_not_mention_and_what_never_comes():
    judge = judge_of(
        obj(
            ["id"],
            id=STRING,
            note=STRING,
            secret={"type": "string", "writeOnly": True},
            inner=obj(x=STRING),
            rows={"type": "array", "items": obj(y=STRING)},
            free={"type": "object"},
            any_={},
            mapped={"type": "object", "additionalProperties": STRING},
            **{"a/b": STRING},
        )
    )
    body = {
        "id": "1",
        "extra": 1,
        "inner": {"z": 1},
        "rows": [{"y": "1"}, {"q~": 2}],
        "free": {"what": "ever"},
        "any_": {"x": 1},
        "mapped": {"k": "v"},
    }
    opinion = judge(200, body)
    assert opinion.ok is True
    assert opinion.undocumented == ("/extra", "/inner/z", "/rows/1/q~0")
    assert opinion.absent == ("/a~1b", "/inner/x", "/note", "/rows/1/y")


@pytest.mark.parametrize("version", VERSIONS)
def test_what_may_only_be_written_is_not_missed(version):
    secret = {"type": "string", "writeOnly": True}
    judge = judge_of(obj(["id", "secret"], id=STRING, secret=secret), version=version)
    assert judge(200, {"id": "1"}) == Opinion(ok=True)
    assert judge(200, {}).reason == "the body: 'id' is a required property"


def test_combined_schemas_mention_what_any_of_their_branches_does():
    schemas = {
        "Base": obj(["id"], id=STRING),
        "Full": {"allOf": [{"$ref": "#/components/schemas/Base"}, obj(name=STRING)]},
    }
    judge = judge_of(
        obj(thing={"anyOf": [{"$ref": "#/components/schemas/Full"}, {"type": "null"}]}),
        schemas=schemas,
    )
    assert judge(200, {"thing": {"id": "1", "name": "n"}}) == Opinion(ok=True)
    assert judge(200, {"thing": None}) == Opinion(ok=True)
    assert judge(200, {"thing": {"id": "1", "zz": 1}}).undocumented == ("/thing/zz",)
    assert judge(200, {"thing": {"id": "1"}}).absent == ("/thing/name",)


@pytest.mark.parametrize("version", VERSIONS)
def test_discriminated_alternatives(version):
    schemas = {
        "Cat": obj(["kind"], kind={"type": "string", "enum": ["cat"]}, purrs={"type": "boolean"}),
        "Dog": obj(["kind"], kind={"type": "string", "enum": ["dog"]}, barks={"type": "boolean"}),
    }
    both = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]
    mapping = {"cat": both[0]["$ref"], "dog": both[1]["$ref"]}
    judge = judge_of(
        {"oneOf": both, "discriminator": {"propertyName": "kind", "mapping": mapping}},
        version=version,
        schemas=schemas,
    )
    assert judge(200, {"kind": "cat", "purrs": True}) == Opinion(ok=True)
    assert judge(200, {"kind": "dog", "barks": 7}).ok is False
    assert judge(200, {"kind": "cow"}).ok is False


def test_schemas_that_recurse():
    node = obj(next={"$ref": "#/components/schemas/Node"}, value={"type": "integer"})
    judge = judge_of({"$ref": "#/components/schemas/Node"}, schemas={"Node": node})
    assert judge(200, {"value": 1, "next": {"value": 2, "next": {"value": 3}}}).ok is True
    assert judge(200, {"next": {"next": {"value": "x"}}}).reason.startswith("/next/next/value: ")


def test_statuses_exact_then_ranges_then_default():
    def answer(kind):
        return {"description": "", "content": {JSON: {"schema": {"type": kind}}}}

    judge = judge_of(
        responses={"200": answer("integer"), "4XX": answer("string"), "5xx": answer("array")}
    )
    assert judge(200, 1).ok is True
    assert judge(404, "x").ok is True
    assert judge(404, 1).ok is False
    assert judge(503, []).ok is True
    assert judge(302, 1) == Opinion(
        ok=False, reason="status 302 is undocumented, unlike 200, 4XX, 5xx"
    )
    fallback = judge_of(responses={"default": answer("integer")})
    assert fallback(418, 1).ok is True


def test_media_types_ranges_parameters_and_suffixes():
    def judge(kind):
        content = {kind: {"schema": obj(["a"], a=STRING)}}
        return judge_of(responses={"200": {"description": "", "content": content}})

    good, bad = {"a": "x"}, {"a": 1}
    assert judge("*/*")(200, good).ok is True
    assert judge("*/*")(200, bad).ok is False
    assert judge("application/*")(200, bad).ok is False
    assert judge("application/json; charset=utf-8")(200, good, "application/json").ok is True
    assert judge(JSON)(200, bad, "Application/JSON;charset=UTF-8").ok is False
    assert judge("application/problem+json")(200, bad, "application/problem+json").ok is False
    assert judge(JSON)(200, good, "text/html").reason.startswith("media type text/html is undoc")
    assert judge(JSON)(200, good, "").reason.startswith("media type absent")


def test_headers_are_judged():
    headers = {
        "X-Count": {"required": True, "schema": {"type": "integer"}},
        "X-Old": {"deprecated": True, "schema": {"type": "string"}},
        "X-Free": {"schema": {"type": "array", "items": {"type": "integer"}}},
    }
    judge = judge_of(responses={"204": {"description": "", "headers": headers}})
    assert judge(204, b"", "", (("x-count", "3"), ("X-Old", "y"))).ok is True
    assert judge(204, b"", "").reason == "Missing required header: X-Count"
    assert judge(204, b"", "", (("X-Count", "many"),)).ok is False
    assert judge(204, b"", "", (("X-Count", "3"), ("X-Free", "1,2"))).ok is True
    assert judge(204, b"", "", (("X-Count", "3"), ("X-Free", "1,b"))).ok is False


def test_bodies_that_are_absent():
    judge = judge_of(obj(a=STRING))
    assert judge(200, b"").reason == "the body is empty, unlike the documented one"
    silent = judge_of(responses={"200": {"description": "", "content": {JSON: {}}}})
    assert silent(200, b"").ok is None
    assert silent(200, {"any": 1}) == Opinion(ok=True)
    assert judge_of(responses={"204": {"description": ""}})(204, b"", "") == Opinion(ok=True)
    head = judge_of(obj(a=STRING), method="head")
    assert head(200, b"") == Opinion(ok=True)
    documented = {"204": {"description": "", "content": {JSON: {"schema": STRING}}}}
    assert judge_of(responses=documented)(204, b"", "") == Opinion(ok=True)


@pytest.mark.parametrize("body", [b'{"a": ', b"\xff\xfe", b"plain text", b"[" * 100_000])
def test_bodies_that_are_not_json(body):
    opinion = judge_of(obj(a=STRING))(200, body)
    assert opinion.ok is False
    assert opinion.reason.startswith("the body is not JSON")


def test_it_abstains():
    content = {
        "text/event-stream": {},
        "text/plain": {},
        "image/png": {"schema": {"type": "string", "format": "binary"}},
    }
    judge = judge_of(responses={"200": {"description": "", "content": content}})
    assert judge(200, b"data: x\n\n", "text/event-stream").ok is None
    assert judge(200, b"hello", "text/plain; charset=utf-8").ok is None
    assert judge(200, b"\x89PNG", "image/png").ok is None
    assert judge_of(STRING)(200, b'"cut', truncated=True).ok is None
    # JSON Schema reads it (ECMA-262), Python does not.
    unreadable = judge_of({"type": "string", "pattern": "^\\p{L}+$"})(200, "x")
    assert unreadable.ok is None
    assert unreadable.reason.startswith("openapi-core failed with ")


def test_no_response_is_no_opinion():
    spec = load(
        {"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"description": ""}}}}}}
    )
    exchange = Exchange(1, "p", None, Request("GET", "/a"), breakage=Breakage.TIMEOUT)
    assert second_judge(spec).response(spec.operations[0], exchange).ok is None


def test_the_operation_is_the_one_that_is_named_whatever_the_address():
    def answer(kind):
        return {"200": {"description": "", "content": {JSON: {"schema": {"type": kind}}}}}

    spec = load(
        {
            "openapi": "3.2.0",
            "servers": [{"url": "https://elsewhere.test/base"}],
            "paths": {
                "/users/{id}": {"get": {"responses": answer("integer")}},
                "/users/me": {"get": {"responses": answer("string")}},
                "/users/{name}": {"additionalOperations": {"LINK": {"responses": answer("array")}}},
            },
        }
    )
    judge = second_judge(spec)
    request = Request("GET", "http://127.0.0.1:1/users/me")

    def ok(label, body):
        response = Response(200, (("Content-Type", JSON),), body)
        exchange = Exchange(1, "p", label, request, response)
        return judge.response(spec.operation(label), exchange).ok

    assert ok("GET /users/{id}", b"1") is True
    assert ok("GET /users/{id}", b'"me"') is False
    assert ok("GET /users/me", b'"me"') is True
    assert ok("LINK /users/{name}", b"[]") is True


def test_reasons_quote_no_long_values():
    secret = "s3cret" * 40
    judge = judge_of(obj(a={"type": "integer"}, b={"type": "string", "maxLength": 5}))
    opinion = judge(200, {"a": secret, "b": secret})
    assert opinion.ok is False
    assert secret[:81] not in opinion.reason
    header = {"200": {"description": "", "headers": {"X-N": {"schema": {"type": "integer"}}}}}
    wrong = judge_of(responses=header)(200, b"", "", (("X-N", secret),))
    assert wrong.ok is False
    assert secret[:81] not in wrong.reason


def test_references_between_components_are_followed():
    spec = load(
        {
            "openapi": "3.0.3",
            "paths": {"/a": {"$ref": "#/components/x-items/A"}},
            "components": {
                "x-items": {
                    "A": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}
                },
                "responses": {
                    "R": {
                        "description": "",
                        "content": {JSON: {"schema": {"$ref": "#/components/schemas/S"}}},
                    }
                },
                "schemas": {
                    "S": {"type": "array", "items": {"$ref": "#/components/schemas/I"}},
                    "I": {"type": "integer"},
                },
            },
        }
    )
    judge = second_judge(spec)
    response = Response(200, (("Content-Type", JSON),), b'[1, "x"]')
    exchange = Exchange(1, "p", None, Request("GET", "/a"), response)
    assert judge.response(spec.operations[0], exchange).reason == "/1: 'x' is not of type 'integer'"


def test_what_is_no_regular_expression_says_nothing():
    assert judge_of({"type": "string", "pattern": "[unclosed"})(200, "x").ok is True
    assert judge_of({"type": "string", "pattern": "[unclosed"})(200, 1).ok is False
