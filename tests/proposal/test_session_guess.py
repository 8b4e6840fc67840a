"""What of a session is read off documents as people write them."""

import pytest

from troth.proposal.destructive import dangers
from troth.proposal.names import sample
from troth.proposal.passage import Entry, Passage, line, written
from troth.proposal.principals import passage
from troth.proposal.session import guess, login_step, throwaway
from troth.spec.load import load
from troth.spec.signup import sign_up

TEXT = {"type": "string"}


def body(*names, media="application/json", within=None, **more):
    schema = {"type": "object", "properties": {**dict.fromkeys(names, TEXT), **more}}
    schema = {"type": "object", "properties": {within: schema}} if within else schema
    return {"requestBody": {"content": {media: {"schema": schema}}}}


def answer(*names, status="200", within=None):
    schema = {"type": "object", "properties": dict.fromkeys(names, TEXT)}
    schema = {"type": "object", "properties": {within: schema}} if within else schema
    content = {"application/json": {"schema": schema}}
    return {"responses": {status: {"description": "ok", "content": content}}}


def spec(paths, schemes=None, **more):
    whole = {}
    for at, operation in paths.items():
        method, path = at.split()
        plain = {"responses": {"200": {"description": "ok"}}}
        whole.setdefault(path, {})[method.lower()] = {**plain, **operation}
    components = {"securitySchemes": schemes} if schemes else {}
    return load(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": whole,
            "components": components,
            **more,
        }
    )


BEARER = {"b": {"type": "http", "scheme": "bearer"}}


def test_a_login_is_known_by_its_name_and_its_token():
    found = guess(
        spec(
            {
                "POST /users": body("email", "password", "name"),
                "POST /login": {**body("email", "password"), **answer("accessToken")},
                "POST /password/reset": body("email", "password"),
            },
            BEARER,
        )
    )
    assert found.login.label == "POST /login"
    assert found.body("a@x", "p") == {"email": "a@x", "password": "p"}
    assert login_step(found) == {"operation": "POST /login", "token": "$response.body#/accessToken"}
    assert found.sign_up.operation.label == "POST /users"


def test_a_token_and_a_body_within_an_object():
    paths = {
        "POST /users/login": {
            **body("email", "password", within="user"),
            **answer("email", "token", within="user"),
        },
        "POST /users": body("username", "email", "password", within="user"),
    }
    schemes = {
        "Token": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": 'Token-based authentication with required prefix "Token"',
        }
    }
    found = guess(spec(paths, schemes))
    assert found.body("a", "p") == {"user": {"email": "a", "password": "p"}}
    assert login_step(found)["token"] == "$response.body#/user/token"
    assert login_step(found)["prefix"] == "Token "
    assert set(found.sign_up.body["user"]) == {"username", "email", "password"}


def test_the_token_endpoint_of_a_flow_is_a_login_whatever_it_is_called():
    flows = {"password": {"tokenUrl": "/gate", "scopes": {}}}
    form = "application/x-www-form-urlencoded"
    paths = {
        "POST /api/gate": {
            **body("grant_type", "username", "password", media=form),
            **answer("access_token"),
        },
        "POST /login": body("username", "password"),
    }
    found = guess(spec(paths, {"o": {"type": "oauth2", "flows": flows}}))
    assert found.login.label == "POST /api/gate"
    assert found.fixed == {"grant_type": "password"}
    assert login_step(found) == {"operation": "POST /api/gate"}


def test_client_credentials_are_a_login_too():
    flows = {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}}
    paths = {"POST /oauth/token": body("grant_type", "client_id", "client_secret")}
    found = guess(spec(paths, {"o": {"type": "oauth2", "flows": flows}}))
    assert found.body("me", "s") == {
        "grant_type": "client_credentials",
        "client_id": "me",
        "client_secret": "s",
    }


def test_a_session_may_live_in_a_cookie():
    schemes = {"c": {"type": "apiKey", "in": "cookie", "name": "sid"}}
    found = guess(spec({"POST /session": body("user", "pass")}, schemes))
    assert login_step(found) == {"operation": "POST /session", "cookie": True}


def test_refresh_and_logout_are_told_apart():
    paths = {
        "POST /auth/login": {
            **body("email", "password"),
            **answer("access_token", "refresh_token"),
        },
        "POST /auth/refresh": body("refreshToken"),
        "POST /auth/logout": {},
        "POST /auth/logout-all": {},
    }
    found = guess(spec(paths, BEARER))
    assert found.refresh.label == "POST /auth/refresh"
    assert found.logout.label == "POST /auth/logout"
    assert found.logout_all.label == "POST /auth/logout-all"
    assert login_step(found)["refresh"] == "$response.body#/refresh_token"


def test_who_is_signed_up_can_log_in():
    paths = {
        "POST /signup": body("mail", "password", "passwordConfirmation"),
        "POST /signin": {**body("mail", "password"), **answer("token")},
    }
    found = guess(spec(paths, BEARER))
    (key, value), *_ = throwaway(found)
    assert key == "throwaway"
    assert value["login"]["mail"] == "$producer.POST /signup.request.body#/mail"
    assert value["given"]["POST /signup"]["body"] == {
        "mail": "$unique",
        "password": "$password",
        "passwordConfirmation": "$password",
    }


@pytest.mark.parametrize(
    "paths",
    [
        {"GET /things": {}},
        {"POST /things": body("name", "password")},
        {"POST /users/{id}/login": body("email", "password")},
        {"POST /login": body("code")},
        {"POST /exporters": {**body("user", "password"), **answer("apiKey")}},
    ],
    ids=["reads", "things", "others", "no-password", "key"],
)
def test_what_is_no_login_is_not_taken_for_one(paths):
    assert guess(spec(paths, BEARER)).login is None


def test_principals_are_comments_until_their_secret_is_there():
    schemes = {
        "k": {"type": "apiKey", "in": "query", "name": "key"},
        "b": {"type": "http", "scheme": "basic"},
    }
    paths = {
        "GET /a": {"security": [{"k": []}]},
        "GET /b": {"security": [{"k": []}]},
        "GET /c": {"security": [{"b": []}]},
    }
    document = spec(paths, schemes)
    found = passage(document, guess(document), (), {"ALICE_KEY": "x"})
    assert [(each.key, each.proposed) for each in found.entries] == [
        ("alice", False),
        ("bob", True),
        ("b", True),
    ]
    assert found.entries[0].value == {"api-key": {"value": "${ALICE_KEY}", "query": "key"}}
    assert found.entries[2].value == {"basic": "b:${B_PASSWORD}"}


def test_nobody_is_proposed_where_nothing_asks_for_a_credential():
    document = spec({"GET /a": {}})
    assert passage(document, guess(document), (), {}) is None
    assert passage(document, guess(document), (), {}, refused=True) is not None


@pytest.mark.parametrize(
    ("at", "operation", "harmful"),
    [
        ("GET /createdb", {}, True),
        ("GET /init", {"summary": "Creates and populates the database with dummy data"}, True),
        ("POST /admin/shutdown", {}, True),
        ("DELETE /users/me", {}, True),
        ("PUT /account/password", body("new_password"), True),
        ("PATCH /me", body("name"), False),
        ("DELETE /users/{id}", {}, False),
        ("POST /orders/{id}/reset", {}, False),
        ("GET /database", {"summary": "Shows the state of the database"}, False),
        ("POST /password-reset", body("email"), False),
    ],
)
def test_what_would_end_a_run_is_told_from_what_would_not(at, operation, harmful):
    given = (
        {"parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}]}
        if "{" in at
        else {}
    )
    assert bool(dangers(spec({at: {**operation, **given}}))) is harmful


def test_values_are_toml_on_one_line():
    value = {"a b": [1, {"c": True}], "d": 'say "é"'}
    assert line("POST /x", value) == (
        '"POST /x" = { "a b" = [1, { c = true }], d = "say \\"é\\"" }'
    )


def test_a_table_of_which_nothing_holds_is_a_comment():
    passages = [
        Passage(("a", "b c"), ("why",), (Entry("x", 1, proposed=True),)),
        Passage(("d",), (), (Entry("y", "z", "because"),)),
    ]
    assert written(passages) == '# why\n# [a."b c"]\n# x = 1\n\n[d]\ny = "z"   # because\n'


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [
        ("contact_email", TEXT, "$unique@example.com"),
        ("password2", TEXT, "$password"),
        ("plan", {"enum": ["free", "paid"]}, "free"),
        ("age", {"type": "integer", "minimum": 18}, 18),
        ("agreed", {"type": "boolean"}, True),
        ("city", {"type": "string", "example": "Bern"}, "Bern"),
    ],
)
def test_members_of_a_sign_up_are_filled_by_name_and_schema(name, schema, value):
    assert sample(spec({"GET /a": {}}), (name,), schema) == value


def test_a_login_and_a_sign_up_may_call_a_name_otherwise():
    paths = {
        "POST /signup": body("username", "email", "password"),
        "POST /login": {**body("email", "password"), **answer("token")},
    }
    found = guess(spec(paths, BEARER))
    assert found.sign_up.user == ("email",)
    assert dict(throwaway(found))["throwaway"]["login"] == {
        "email": "$producer.POST /signup.request.body#/email",
        "password": "$producer.POST /signup.request.body#/password",
    }


@pytest.mark.parametrize(
    ("login", "pairs"),
    [
        ({"grant_type": "password", "username": "a@x.y", "password": "p"}, {"username": "email"}),
        ({"username": "ann", "password": "p"}, {"username": "nick"}),
        ({"phone": "1", "password": "p"}, None),
        ({"username": "ann"}, None),
    ],
    ids=["address", "name", "nothing-alike", "no-secret"],
)
def test_a_sign_up_has_what_somebody_logs_in_with(login, pairs):
    document = spec(
        {
            "POST /users": body("email", "password") if "@" in login.get("username", "") else {},
            "POST /members": body("nickname", "password"),
            "POST /users/verify": body("email", "username", "password"),
        }
    )
    found = sign_up(document, login)
    named = {"nick": "nickname"}
    wanted = None if pairs is None else {**pairs, "password": "password"}
    wanted = wanted and {key: named.get(each, each) for key, each in wanted.items()}
    assert (found.flat if found else None) == wanted
