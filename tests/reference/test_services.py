"""Service accounts do what their scopes say and their issuer could, until they are revoked."""

import itertools

import jwt
import pytest

from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_ownership import invite

S = "/api/v1/auth/service-accounts"
READ = ["activity:read", "conversations:read"]
_names = itertools.count()


def issue(live, who="alice", path="issue", **changes):
    new = {"name": f"service {next(_names)}", "scopes": READ, "ttl_seconds": 600} | changes
    return live.call(who, "POST", f"{S}/{path}", json=new)


def issued(live, who="alice", **changes):
    answer = issue(live, who, **changes)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def send(live, token, method, path, origin=None, **kwargs):
    headers = {"Authorization": f"Bearer {token}"} | ({"Origin": origin} if origin else {})
    return live.client.request(method, path, headers=headers, **kwargs)


def test_a_service_is_someone_of_its_own_with_its_scopes(stored):
    made = issued(stored, name="exporter")
    token = made["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["typ"], claims["scopes"], claims["jti"]) == ("service", READ, made["jti"])
    me = send(stored, token, "GET", "/api/v1/auth/me").json()
    assert (me["user_id"], me["role"]) == (made["account_id"], "viewer")
    assert send(stored, token, "GET", "/api/v1/activity").status_code == 200
    mine = stored.talk("alice")
    assert_problem(send(stored, token, "GET", f"/api/v1/conversations/{mine}"), 404)
    new = {"display_name": "x"}
    assert_problem(send(stored, token, "POST", "/api/v1/conversations", json=new), 403)
    # The same name of the same issuer is the same service; another issuer's is another.
    assert issued(stored, name="exporter")["account_id"] == made["account_id"]
    assert issued(stored, "admin", name="exporter")["account_id"] != made["account_id"]
    writer = issued(stored, name="exporter", scopes=["conversations:write"])["access_token"]
    assert send(stored, writer, "POST", "/api/v1/conversations", json=new).status_code == 201
    assert_problem(send(stored, writer, "GET", "/api/v1/activity"), 403)
    assert_problem(send(stored, writer, "POST", f"{S}/issue", json={}), 403)


def test_nobody_gives_what_they_have_not(stored):
    assert_problem(issue(stored, "admin", scopes=["status:manage"]), 403)
    assert issue(stored, "operator", scopes=["status:manage"]).status_code == 201
    assert_problem(issue(stored, "carol"), 403)
    assert_problem(issue(stored, scopes=["everything"]), 422)


def person(live, role="admin"):
    """A user of acme with a token, which the caller may demote."""
    new = invite(live, role=role, email=f"issuer-{next(_names)}@acme.test").json()
    login = {"email": new["email"], "password": "long enough, is it"}
    answer = live.client.post("/api/v1/auth/token", json=login)
    return new["id"], answer.json()["access_token"]


def test_a_token_shrinks_and_dies_with_its_issuer(stored):
    user_id, token = person(stored)
    new = {"name": "x", "scopes": ["conversations:write", "activity:read"], "ttl_seconds": 60}
    service = send(stored, token, "POST", f"{S}/issue", json=new).json()["access_token"]
    talk = {"display_name": "x"}

    def statuses():
        return [
            send(stored, service, "POST", "/api/v1/conversations", json=talk).status_code,
            send(stored, service, "GET", "/api/v1/activity").status_code,
        ]

    assert statuses() == [201, 200]
    path = f"/api/v1/users/{user_id}"
    for change, expected in (
        ({"role": "member"}, [201, 200]),
        ({"role": "viewer"}, [403, 200]),
        ({"role": "admin"}, [201, 200]),
        ({"status": "suspended"}, [401, 401]),
        ({"status": "active"}, [201, 200]),
    ):
        assert stored.call("alice", "PATCH", path, json=change).status_code == 200
        assert statuses() == expected
    assert stored.call("alice", "DELETE", path).status_code == 204
    assert statuses() == [401, 401]


def test_a_revoked_token_is_nobodys_at_once(stored):
    made = issued(stored)
    assert send(stored, made["access_token"], "GET", "/api/v1/auth/me").status_code == 200
    path = f"{S}/tokens/{made['jti']}/revoke"
    assert_problem(stored.call("bob", "POST", path), 404)
    assert_problem(stored.call("alice", "POST", f"{S}/tokens/{UNKNOWN}/revoke"), 404)
    assert_problem(stored.call("carol", "POST", path), 403)
    assert stored.call("admin", "POST", path).json() == {"success": True}
    assert_problem(send(stored, made["access_token"], "GET", "/api/v1/auth/me"), 401)
    assert stored.call("alice", "POST", path).json() == {"success": True}
    # The table says it too: what is remembered beside it may be lost.
    stored.app.state.platform.revocations._until.clear()
    assert_problem(send(stored, made["access_token"], "GET", "/api/v1/auth/me"), 401)


def test_tokens_are_listed_for_their_tenant_without_themselves(stored):
    made = issued(stored, "bob")
    stored.call("bob", "POST", f"{S}/tokens/{made['jti']}/revoke")
    other = issued(stored, "bob", path="browser-issue", origin="https://app.globex.test")
    listed = stored.call("bob", "GET", f"{S}/tokens", params={"limit": 100}).json()["items"]
    states = {each["jti"]: each["state"] for each in listed}
    assert states == {made["jti"]: "revoked", other["jti"]: "active"}
    assert made["access_token"] not in stored.call("bob", "GET", f"{S}/tokens").text
    theirs = stored.call("alice", "GET", f"{S}/tokens", params={"limit": 100}).json()["items"]
    assert not states.keys() & {each["jti"] for each in theirs}
    assert_problem(stored.call("carol", "GET", f"{S}/tokens"), 403)


@pytest.mark.parametrize("origin", [None, "https://app.acme.test.evil.test", "null"])
def test_a_browsers_token_is_of_one_origin(stored, origin):
    right = "https://app.acme.test"
    assert_problem(issue(stored, path="browser-issue", origin=right, ttl_seconds=901), 422)
    token = issued(stored, path="browser-issue", origin=right)["access_token"]
    assert send(stored, token, "GET", "/api/v1/auth/me", right).status_code == 200
    assert_problem(send(stored, token, "GET", "/api/v1/auth/me", origin), 401)


def test_a_suspended_service_is_nobody_and_gets_no_token(stored):
    made = issued(stored, name="to be suspended")
    path = f"/api/v1/users/{made['account_id']}"
    assert stored.call("alice", "PATCH", path, json={"status": "suspended"}).status_code == 200
    assert_problem(send(stored, made["access_token"], "GET", "/api/v1/auth/me"), 401)
    assert_problem(issue(stored, name="to be suspended"), 409)
    browser = {"path": "browser-issue", "origin": "https://app.acme.test"}
    assert_problem(issue(stored, name="to be suspended", **browser), 409)


def test_a_token_of_a_service_is_no_refresh_token(stored):
    token = issued(stored)["access_token"]
    for path in ("refresh", "logout"):
        given = {"refresh_token": token}
        assert_problem(stored.client.post(f"/api/v1/auth/{path}", json=given), 401)
