"""Passwords, hashes and keys in answers are found; masks, rules and made-up ones are not."""

import json

import pytest

from troth.checks.response_headers import response_headers
from troth.checks.secrets import declared_secrets, response_secrets, sent_secrets
from troth.exchange import Exchange, Request, Response
from troth.spec.load import load

BCRYPT = "$2b$12$" + "abcdefghij" * 5 + "abc"
ARGON = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"
USER = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "code": {"type": "string", "format": "password"},
        "note": {"type": "string", "writeOnly": True},
    },
}
MADE = {"type": "object", "properties": {"name": {}, "password": {"type": "string"}}}
SPEC = load(
    {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/users": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": USER}}},
                    "responses": {
                        "201": {
                            "description": "",
                            "content": {"application/json": {"schema": MADE}},
                        }
                    },
                }
            }
        },
    }
)
CREATE = SPEC.operations[0]


def answer(body, *, status=200, method="GET", sent=None, headers=(), url="http://t/users"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, (("Content-Type", "application/json"), *headers), raw)
    request = Request(method, url, (), json.dumps(sent).encode() if sent is not None else b"")
    return Exchange(1, "alice", None, request, response)


def roots(exchange, *, known=(), operation=None):
    sent = sent_secrets(exchange.request.body)
    found = response_secrets(exchange, operation, SPEC, sent=sent, known=known)
    return [each.root for each in found]


SHOWN, HASHED, REPEATED = (
    "a password is shown",
    "the hash of a password is shown",
    "a refusal repeats the secret that was sent",
)


def test_a_users_password_in_a_list_is_found():
    users = {"users": [{"username": "name1", "email": "a@b.test", "password": "pass1"}]}
    assert roots(answer(users)) == [SHOWN]


@pytest.mark.parametrize("given", [BCRYPT, ARGON, "pbkdf2:sha256:600000$salt$0123456789abcdef"])
def test_a_hash_is_found_by_its_form(given):
    assert roots(answer({"user": {"password_or_so": given}})) == [HASHED]


def test_a_hash_is_found_by_its_place():
    assert roots(answer({"name": "a", "password": "5f4dcc3b5aa765d61d8327deb882cf99"})) == [HASHED]


def test_a_known_password_is_found_wherever_it_is_called_so():
    assert roots(answer({"settings": {"password": "Tr0ub4dor"}}), known=["Tr0ub4dor"]) == [SHOWN]


@pytest.mark.parametrize(
    "body",
    [
        {"username": "a", "password": "********"},
        {"username": "a", "password": None},
        {"username": "a", "password": "[redacted]"},
        {"username": "a", "password_set": True},
        {"settings": {"password": "at least 8 characters"}},
        {"passport": "X1234567", "username": "a"},
        {"etag": "5f4dcc3b5aa765d61d8327deb882cf99", "pass": 3},
        {"text": "we hash with $2b$ and argon2"},
        b"password",
    ],
)
def test_masks_rules_and_other_things_are_not(body):
    assert roots(answer(body)) == []


def test_what_was_made_up_for_who_asked_is_not():
    made = answer({"name": "a", "password": "Made-Up-77"}, status=201, method="POST", sent={})
    assert roots(made, known=["Made-Up-77"], operation=CREATE) == []
    echoed = answer(
        {"name": "a", "password": "Mine-77x"},
        status=201,
        method="POST",
        sent={"password": "Mine-77x"},
    )
    assert roots(echoed, known=["Mine-77x"], operation=CREATE) == [SHOWN]


def test_a_refusal_that_repeats_the_password_is_found():
    sent = {"name": 7, "password": "Tr0ub4dor"}
    assert roots(answer({"input": sent}, status=422, method="POST", sent=sent)) == [REPEATED]
    assert roots(answer({"input": 7}, status=422, method="POST", sent=sent)) == []
    said = {"detail": "the password is too short"}
    assert roots(answer(said, status=422, method="POST", sent=sent)) == []


def test_a_value_that_is_no_secret_elsewhere_is_none():
    sent = {"name": "Tr0ub4dor", "password": "Tr0ub4dor"}
    assert roots(answer({"input": sent}, status=422, method="POST", sent=sent)) == []
    short = {"name": "a", "password": "aaaaaaaa"}
    assert roots(answer({"input": short}, status=422, method="POST", sent=short)) == []


def test_a_private_key_is_found_unless_it_was_just_made():
    key = "-----BEGIN PRIVATE KEY-----\nMIIE"
    assert roots(answer({"key": key})) == ["a private key is shown"]
    assert roots(answer({"key": key}, status=201, method="POST", sent={})) == []


def test_the_document_says_what_is_secret():
    assert declared_secrets(SPEC, CREATE) == {"code", "note"}
    body = json.dumps({"code": "0123-4567", "name": "a"}).encode()
    assert sent_secrets(body, {"code"}) == {"0123-4567"}
    assert sent_secrets(body) == set()


TOKEN = {"access_token": "0123456789abcdef0123"}


def held(exchange, **more):
    return {each.root: each.severity for each in response_headers(exchange, **more)}


def test_a_token_is_kept_by_no_cache():
    what = "an answer with a token has no `Cache-Control: no-store`"
    assert held(answer(TOKEN)) == {what: "low"}
    assert held(answer(TOKEN, headers=(("Cache-Control", "no-store"),))) == {}
    assert held(answer({"next_token": "0123456789abcdef0123"})) == {}
    assert held(answer({"token": "0123456789abcdef0123"})) == {}
    assert held(answer({"token": "0123456789abcdef0123"}), issues=True) == {what: "low"}
    login = {"token": "0123456789abcdef0123"}
    assert held(answer(login, method="POST"), issues=True) == {}
    kept = (("Cache-Control", "public, max-age=300"),)
    assert held(answer(login, method="POST", headers=kept), issues=True) == {what: "low"}
    assert held(answer(TOKEN, method="POST")) == {}
    assert held(answer({**TOKEN, "token_type": "bearer"}, method="POST")) == {what: "low"}


@pytest.mark.parametrize(
    ("value", "lacks"),
    [
        ("session=0123456789abcdef0123; Path=/", {"HttpOnly", "SameSite"}),
        ("session=0123456789abcdef0123; HttpOnly; SameSite=Lax", set()),
        (
            "session=0123456789abcdef0123; HttpOnly; SameSite=None",
            {"Secure, which SameSite=None needs"},
        ),
        ("csrftoken=0123456789abcdef0123", set()),
        ("theme=0123456789abcdef0123", set()),
        ("session=; Max-Age=0", set()),
    ],
)
def test_a_sessions_cookie_is_for_no_script(value, lacks):
    found = held(answer({}, headers=(("Set-Cookie", value),)))
    assert found.keys() == {f"the cookie of a session lacks {each}" for each in lacks} or (
        found.keys()
        == {"the cookie of a session lacks SameSite"}
        | {f"the cookie of a session lacks {each}" for each in lacks}
    )


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("Server", "Werkzeug/2.2.3 Python/3.11", True),
        ("Server", "nginx/1.18.0", True),
        ("Server", "uvicorn", False),
        ("X-Powered-By", "Express", False),
        ("X-Powered-By", "PHP/8.1.2", True),
        ("X-AspNet-Version", "4.0.30319", True),
        ("X-Version", "1.2.3", False),
    ],
)
def test_a_banner_has_a_version(name, value, found):
    assert bool(held(answer({}, headers=((name, value),)))) is found
