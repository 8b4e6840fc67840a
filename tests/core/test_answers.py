"""What an answer says of itself: a success whose words are a failure's is none."""

import json

import pytest

from troth.composing.answers import conflicting, declined
from troth.exchange import Exchange, Request, Response


def answer(status, body):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = (("Content-Type", "application/json"),)
    return Exchange(1, "p", None, Request("POST", "/"), response=Response(status, headers, text))


@pytest.mark.parametrize(
    "body",
    [
        {"status": "fail", "data": {"title": "is taken"}},
        {"status": "Error", "message": "no"},
        {"success": False},
        {"ok": False, "error_code": 3},
        {"error": "no such thing"},
        {"error": {"code": 3}, "message": "no"},
        {"errors": ["no"], "status": 200},
    ],
)
def test_failures_in_the_words_of_a_success(body):
    assert declined(answer(200, body))


@pytest.mark.parametrize(
    "body",
    [
        {"status": "success"},
        {"status": "open"},
        {"status": "failed", "id": 3},
        {"error": None, "message": "made"},
        {"errors": [], "status": "done"},
        {"error": "the disk was full", "id": 3},
        {"error": True, "id": 3},
        [{"status": "fail"}],
        "fail",
        b"fail",
        b"",
    ],
)
def test_what_is_none(body):
    assert not declined(answer(200, body))


@pytest.mark.parametrize(
    ("status", "body", "is_one"),
    [
        (409, {}, True),
        (200, {"status": "fail"}, True),
        (400, {"message": "Book already exists"}, True),
        (400, {"message": "'title' is required"}, False),
        (500, {"message": "duplicate key"}, False),
        (201, {"message": "was not there already"}, False),
    ],
)
def test_what_speaks_of_something_that_exists(status, body, is_one):
    assert conflicting(answer(status, body)) is is_one
