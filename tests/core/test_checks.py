"""Checks are pure: they are tested on exchanges written by hand."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from troth.case import Case, Fault
from troth.checks.allow import addressed, allowed
from troth.checks.envelope import Shape, error_envelope, shape_of, unread
from troth.checks.negotiation import of_http
from troth.checks.server_error import normalised, server_error
from troth.exchange import Breakage, Exchange, Request, Response
from troth.spec.load import load

_NAMED = {"schema": {"type": "object", "properties": {"name": {}, "slug": {}}}}
SPEC = load(
    {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/x": {
                "post": {
                    "parameters": [{"name": "q", "in": "query", "schema": {}}],
                    "requestBody": {"content": {"application/json": _NAMED}},
                    "responses": {"200": {"description": "", "content": {"application/json": {}}}},
                }
            }
        },
    }
)


def exchange(status=200, body=b"{}", media_type="application/json", breakage=None):
    response = None
    if breakage is None:
        response = Response(status, (("Content-Type", media_type),), body)
    return Exchange(1, "alice", "GET /x", Request("GET", "http://t/x"), response, breakage)


def test_a_500_on_valid_input_and_one_on_hostile_input_have_different_owners():
    hostile = Case(None, "GET", "/x", fault=Fault("body", "/a", "a NUL byte", "a NUL byte in a"))
    assert server_error(exchange(500), None, None)[0].property == "FUZ103"
    found = server_error(exchange(500), None, hostile)[0]
    assert (found.property, found.root) == ("FUZ104", "status 500 on a NUL byte")
    assert server_error(exchange(404), None, None) == ()


@pytest.mark.parametrize(
    ("request_line", "label"),
    [
        ("GET /v1/users/me?page=2", "GET /users/me"),
        ("GET /v1/users/7", "GET /users/{id}"),
        ("POST /v1/users/7", None),
        ("GET /v1/users/7/notes", None),
    ],
)
def test_a_request_of_nobodys_is_told_at_the_operation_that_it_addresses(request_line, label):
    plain = {"responses": {"200": {"description": "ok"}}}
    given = [{"name": "id", "in": "path", "required": True, "schema": {}}]
    paths = {
        "/users/{id}": {"get": {**plain, "parameters": given}},
        "/users/me": {"get": plain, "post": plain},
    }
    document = load({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths})
    method, path = request_line.split()
    found = addressed(document, Request(method, f"http://t{path}"), "/v1")
    assert (found.label if found else None) == label


@pytest.mark.parametrize("breakage", [Breakage.DROPPED, Breakage.GARBAGE, Breakage.TIMEOUT])
def test_breakages_count_like_a_500(breakage):
    assert server_error(exchange(breakage=breakage), None, None)


def test_an_unreachable_target_is_nobodys_fault():
    assert server_error(exchange(breakage=Breakage.UNREACHABLE), None, None) == ()


def test_roots_are_free_of_values():
    one = normalised(exchange(500, b'{"detail": "KeyError: 17 for \'abc\'"}'))
    other = normalised(exchange(500, b'{"detail": "KeyError: 99 for \'xyz\'"}'))
    assert one == other == "KeyError: # for '\u2026'"


def test_what_a_server_refuses_by_itself_is_nothing_that_a_document_lists():
    assert unread(exchange(414, b"<html>", "text/html"), None)
    assert not unread(exchange(404, b"<html>", "text/html"), None)
    told = SimpleNamespace(responses={"414": object()})
    assert not unread(exchange(414), told), "it is documented, and so is judged"


def test_optional_members_do_not_make_a_second_shape():
    shape = Shape("application/problem+json", frozenset({"title", "status", "detail", "errors"}))
    same = exchange(404, b'{"title": "x", "status": 404}', "application/problem+json")
    other = exchange(404, b'{"error": "x"}')
    assert error_envelope(same, None, (shape,), SPEC) == ()
    assert "second error shape" in error_envelope(other, None, (shape,), SPEC)[0].root
    assert shape_of(exchange(404, b"not found", "text/plain")).members == frozenset()


def test_no_envelope_is_promised_where_no_error_is_described():
    assert error_envelope(exchange(404, b'{"error": "x"}'), None, (), SPEC) == ()


def test_what_refuses_a_preflight_is_read_by_nobody():
    shape = Shape("application/json", frozenset({"detail"}))
    refused = exchange(400, b"Disallowed CORS origin", "text/plain")
    headers = (("Origin", "https://foreign.test"), ("Access-Control-Request-Method", "GET"))
    preflight = replace(refused.request, method="OPTIONS", headers=headers)
    assert error_envelope(replace(refused, request=preflight), None, (shape,), SPEC) == ()
    plain = replace(refused.request, method="OPTIONS")
    assert error_envelope(replace(refused, request=plain), None, (shape,), SPEC)


@pytest.mark.parametrize("members", [("name",), ("name", "slug"), ("q", "non_field_errors")])
def test_a_map_of_what_was_wrong_is_one_shape_whatever_was_wrong(members):
    shape = Shape("application/json", frozenset({"detail"}))
    body = json.dumps({each: ["Wrong."] for each in members}).encode()
    (found,) = error_envelope(exchange(400, body), SPEC.operations[0], (shape,), SPEC)
    assert found.root == "second error shape: application/json with the names of what is sent"


@pytest.mark.parametrize(
    ("value", "declared", "wrong"),
    [
        ("GET, POST", {"GET", "POST"}, None),
        ("get,post , HEAD, OPTIONS", {"GET", "POST"}, None),
        ("GET", {"GET", "POST"}, "it lacks POST"),
        ("GET, DELETE", {"GET"}, "it lists DELETE, which the document does not declare"),
        (None, {"GET"}, "it is absent"),
    ],
)
def test_allow(value, declared, wrong):
    assert allowed(value, frozenset(declared)) == wrong


@pytest.mark.parametrize(
    ("status", "headers", "own"),
    [
        (406, {"Accept": ";;;q=x"}, True),
        (406, {"Accept": "*/*"}, False),
        (406, {"Accept": "text/plain, application/json"}, False),
        (406, {}, False),
        (415, {"Content-Type": "application/x-troth"}, True),
        (415, {"Content-Type": "application/json; charset=utf-8"}, False),
        (415, {"Content-Type": "application/json", "Content-Encoding": "br"}, True),
        (431, {}, True),
        (412, {"If-Match": '"x"'}, True),
        (412, {}, False),
        (400, {}, False),
    ],
)
def test_some_answers_are_of_http_itself(status, headers, own):
    operation = SPEC.operations[0]
    answer = exchange(status)
    request = replace(answer.request, headers=tuple(headers.items()))
    assert of_http(replace(answer, request=request), operation) is own
