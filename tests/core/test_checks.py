"""Checks are pure: they are tested on exchanges written by hand."""

from types import SimpleNamespace

import pytest

from troth.case import Case, Fault
from troth.checks.allow import allowed
from troth.checks.envelope import Shape, error_envelope, shape_of, unread
from troth.checks.server_error import normalised, server_error
from troth.exchange import Breakage, Exchange, Request, Response


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
    assert error_envelope(same, None, (shape,)) == ()
    assert "second error shape" in error_envelope(other, None, (shape,))[0].root
    assert shape_of(exchange(404, b"not found", "text/plain")).members == frozenset()


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
