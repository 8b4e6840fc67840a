"""What refusals say is understood in the shapes that frameworks write them in."""

import json

import pytest

from troth.composing.hints import Hint, hints, taken
from troth.composing.pace import pause
from troth.exchange import Exchange, Request, Response

CASES = {
    "fastapi": (
        {"detail": [{"type": "missing", "loc": ["body", "email"], "msg": "Field required"}]},
        ("missing", "email", ()),
    ),
    "fastapi literal": (
        {
            "detail": [
                {
                    "loc": ["query", "sort"],
                    "msg": "Input should be 'up' or 'down'",
                    "ctx": {"expected": "'up' or 'down'"},
                    "type": "literal_error",
                }
            ]
        },
        None,
    ),
    "problem": (
        {"title": "Invalid", "errors": [{"pointer": "/user/name", "detail": "is required"}]},
        ("missing", "user/name", ()),
    ),
    "rails": ({"errors": {"title": ["can't be blank"]}}, ("missing", "title", ())),
    "django": (
        {"username": ["A user with that username already exists."]},
        ("taken", "username", ()),
    ),
    "laravel": (
        {
            "message": "The given data was invalid.",
            "errors": {"state": ["The selected state must be one of: open, shut"]},
        },
        ("one of", "state", ("open", "shut")),
    ),
    "spring": (
        {"status": 400, "errors": [{"field": "age", "defaultMessage": "must not be null"}]},
        ("missing", "age", ()),
    ),
    "express": (
        {"errors": [{"msg": "Invalid value", "param": "mail", "location": "body"}]},
        ("wrong", "mail", ()),
    ),
    "ajv": (
        {
            "errors": [
                {
                    "instancePath": "/kind",
                    "message": "must be equal to one of the allowed values",
                    "params": {"allowedValues": ["a", "b"]},
                }
            ]
        },
        ("one of", "kind", ("a", "b")),
    ),
    "json:api": (
        {"errors": [{"source": {"pointer": "/data/attributes/name"}, "detail": "is missing"}]},
        ("missing", "data/attributes/name", ()),
    ),
    "sentence": ({"error": "Field 'sku' is required"}, ("missing", "sku", ())),
    "vampi": ({"status": "fail", "message": "Book Already exists!"}, ("taken", "", ())),
}


def answer(status, body, *headers):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, (("Content-Type", "application/json"), *headers), text, 0.0)
    return Exchange(1, "p", None, Request("POST", "/"), response=response)


@pytest.mark.parametrize("name", [each for each in CASES if CASES[each][1]])
def test_a_refusal_is_understood(name):
    body, (kind, member, options) = CASES[name]
    found = hints(answer(422, body))
    assert any(
        (each.kind, each.options) == (kind, options) and member in (each.name, "") for each in found
    ), found


def test_what_the_framework_expects_is_read_from_the_sentence():
    found = hints(answer(422, CASES["fastapi literal"][0]))
    assert [(each.place, each.name, each.kind) for each in found] == [("query", "sort", "wrong")]


@pytest.mark.parametrize(
    "body",
    [
        {"error": "no such thing"},
        {"detail": "Item does not exist"},
        {"message": "Not found"},
        b"",
        b"<html>already exists</html>",
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_is_absent_is_not_taken(body):
    assert not taken(answer(404, body))


def test_a_hint_has_the_sentence_for_who_reads_on():
    assert hints(answer(400, {"name": ["must be at least 5 characters"]})) == (
        Hint("wrong", "name", "", (), "must be at least 5 characters"),
    )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (("Retry-After", "7"), 7.0),
        (("RateLimit-Reset", "2.5"), 2.5),
        (("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"), 0.0),
        (("Retry-After", "soon"), 1.0),
    ],
)
def test_when_to_come_again(header, seconds):
    assert pause(answer(429, {}, header)) == seconds
