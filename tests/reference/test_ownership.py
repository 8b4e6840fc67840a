"""What is another's does not exist; roles hold; nobody rises above oneself."""

import itertools
import re

import pytest

from tests.reference.test_envelope import UNKNOWN, assert_problem
from troth.reference.timing import PATTERN

C = "/api/v1/conversations"
TITLE = {"display_name": "Taken over"}
OPERATIONS = [
    ("GET", "", None),
    ("DELETE", "", None),
    ("GET", "/events", None),
    ("GET", "/messages", None),
    ("POST", "/messages", {"role": "user", "content": "x"}),
    ("GET", f"/messages/{UNKNOWN}", None),
    ("DELETE", f"/messages/{UNKNOWN}", None),
    ("PATCH", "/title", TITLE),
    ("PATCH", "/memory", {"mode": "none", "max_turns": 1, "pinned": True}),
]
_numbers = itertools.count()


def statements(answer) -> int:
    """The number of SQL statements that an answer says it took."""
    told = re.fullmatch(PATTERN, answer.headers["server-timing"])
    assert told, answer.headers["server-timing"]
    return int(told[1])


def faceless(answer) -> tuple[object, ...]:
    problem = {k: v for k, v in answer.json().items() if k != "correlation_id"}
    volatile = (
        *("x-correlation-id", "date", "server-timing"),
        *("ratelimit-remaining", "ratelimit-reset"),
    )
    headers = {k: v for k, v in answer.headers.items() if k not in volatile}
    # Times differ; were the numbers of statements to differ, they would tell.
    return answer.status_code, problem, headers, statements(answer)


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_foreign_and_unknown_cannot_be_told_apart(stored, method, path, body):
    theirs = stored.talk("alice", "Mine")
    before = stored.call("alice", "GET", f"{C}/{theirs}").json()
    for stranger in ("bob", "admin", "operator"):
        foreign = stored.call(stranger, method, f"{C}/{theirs}{path}", json=body)
        unknown = stored.call(stranger, method, f"{C}/{UNKNOWN}{path}", json=body)
        assert_problem(foreign, 404)
        assert faceless(foreign) == faceless(unknown)
    assert stored.call("alice", "GET", f"{C}/{theirs}").json() == before


def test_a_message_is_not_reached_through_another_conversation(stored):
    one, two = stored.talk("alice"), stored.talk("alice")
    said = {"role": "user", "content": "hello \u2028 \U0001f600"}
    made = stored.call("alice", "POST", f"{C}/{one}/messages", json=said)
    assert made.status_code == 201
    id_ = made.json()["id"]
    assert made.headers["location"] == f"{C}/{one}/messages/{id_}"
    assert stored.call("alice", "GET", made.headers["location"]).json() == made.json()
    assert_problem(stored.call("alice", "GET", f"{C}/{two}/messages/{id_}"), 404)
    assert_problem(stored.call("alice", "DELETE", f"{C}/{two}/messages/{id_}"), 404)
    gone = stored.call("alice", "DELETE", f"{C}/{one}/messages/{id_.upper()}")
    assert gone.json() == {"deleted_message_id": id_, "conversation_id": one}
    assert_problem(stored.call("alice", "GET", f"{C}/{one}/messages/{id_}"), 404)
    events = stored.call("alice", "GET", f"{C}/{one}/events").json()["items"]
    kinds = [each["type"] for each in events]
    assert kinds == ["conversation.created", "message.added", "message.deleted"]


def test_a_viewer_reads_only(stored):
    assert_problem(stored.call("carol", "POST", C, json={"display_name": "x"}), 403)
    assert_problem(stored.call("carol", "GET", "/api/v1/users"), 403)
    assert_problem(stored.call("carol", "GET", "/api/v1/tenants/settings"), 403)
    assert stored.call("carol", "GET", C).json()["total"] == 0
    assert stored.call("carol", "GET", "/api/v1/tenants/current").json()["slug"] == "acme"


def invite(live, who="alice", **changes):
    body = {
        "email": f"user-{next(_numbers)}@acme.test",
        "display_name": "New",
        "role": "member",
        "password": "long enough, is it",
    } | changes
    return live.call(who, "POST", "/api/v1/users", json=body)


def test_people_are_invited_changed_and_deleted(stored):
    made = invite(stored)
    assert made.status_code == 201
    user = made.json()
    path = f"/api/v1/users/{user['id']}"
    assert made.headers["location"] == path
    assert stored.call("carol", "GET", path).json() == user
    assert_problem(invite(stored, email=user["email"].upper()), 409)
    assert_problem(invite(stored, "bob", email=user["email"]), 409)
    for method in ("GET", "PATCH", "DELETE"):
        body = {"role": "viewer"} if method == "PATCH" else None
        assert_problem(stored.call("bob", method, path, json=body), 404)
    login = {"email": user["email"], "password": "long enough, is it"}
    token = stored.client.post("/api/v1/auth/token", json=login).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert stored.client.get(path, headers=headers).status_code == 200
    changed = stored.call("alice", "PATCH", path, json={"status": "suspended"})
    assert changed.json() == user | {"status": "suspended"}
    assert_problem(stored.client.get(path, headers=headers), 401)
    assert_problem(stored.client.post("/api/v1/auth/token", json=login), 401)
    assert_problem(stored.call("alice", "PATCH", path, json={"role": None}), 422)
    assert stored.call("alice", "PATCH", path, json={}).json() == changed.json()
    assert stored.call("admin", "DELETE", path).status_code == 204
    assert_problem(stored.call("alice", "GET", path), 404)


def test_nobody_changes_oneself_or_anyone_above(stored):
    alice = stored.call("alice", "GET", "/api/v1/users/me").json()["id"]
    for method, body in (("PATCH", {"role": "viewer"}), ("DELETE", None)):
        path = f"/api/v1/users/{alice}"
        assert_problem(stored.call("alice", method, path, json=body), 409)
        assert_problem(stored.call("admin", method, path, json=body), 403)
    assert stored.call("alice", "GET", "/api/v1/users/me").json()["role"] == "owner"


def test_settings_change_only_from_the_version_that_was_read(stored):
    path = "/api/v1/tenants/settings"
    got = stored.call("alice", "GET", path)
    new = {k: v for k, v in got.json().items() if k != "version"} | {"retention_days": 7}
    headers = {**stored.auth("alice"), "If-Match": f'"other", {got.headers["etag"]}'}
    put = stored.client.put(path, json=new, headers=headers)
    assert put.status_code == 200
    assert put.json()["retention_days"] == 7
    assert put.headers["etag"] != got.headers["etag"]
    assert_problem(stored.client.put(path, json=new, headers=headers), 412)
    weak = {**headers, "If-Match": "W/" + put.headers["etag"]}
    assert_problem(stored.client.put(path, json=new, headers=weak), 412)
    for fine in ({"If-Match": "*"}, {}):
        headers = {**stored.auth("alice"), **fine}
        assert stored.client.put(path, json=new, headers=headers).status_code == 200


def test_settings_that_have_not_changed_are_not_sent_again(stored):
    path = "/api/v1/tenants/settings"
    tag = stored.call("alice", "GET", path).headers["etag"]

    def under(condition):
        headers = {**stored.auth("alice"), "If-None-Match": condition}
        return stored.client.get(path, headers=headers)

    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = under(condition)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert under('"other"').status_code == 200


def test_fixtures_are_idempotent_and_touch_nobody_elses(stored):
    path = "/api/v1/test-fixtures/apply"
    document = stored.client.get("/openapi.json").json()
    world = document["components"]["schemas"]["Fixtures"]["examples"][0]
    first = stored.client.post(path, json=world)
    assert first.status_code == 201
    second = stored.client.post(path, json=world)
    assert second.status_code == 200
    assert second.json() == first.json() | {"created": 0}
    user = world["tenants"][0]["users"][0]
    login = {"email": user["email"], "password": user["password"]}
    assert stored.client.post("/api/v1/auth/token", json=login).status_code == 200
    for slug, email in (("acme", "x@x.test"), ("mine", "Alice@acme.test")):
        person = user | {"email": email, "conversations": []}
        spec = {"tenants": [{"slug": slug, "name": "x", "users": [person]}]}
        assert_problem(stored.client.post(path, json=spec), 409)
    assert stored.login("alice")
