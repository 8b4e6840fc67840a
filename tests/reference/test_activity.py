"""A tenant's activity: all its users see it, each reads for themselves, listeners hear in time."""

import json
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import IntegrityError

from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_mfa import Someone
from troth.reference.domain.notes import Subject, note
from troth.reference.storage.activity import Activity

A = "/api/v1/activity"


def talk(who):
    made = who.call("POST", "/api/v1/conversations", json={"display_name": "Talk"})
    assert made.status_code == 201
    return made.json()["id"]


def test_the_seed_has_some_and_each_user_reads_for_themselves(stored):
    for who in ("alice", "bob", "carol"):
        listed = stored.call(who, "GET", A, params={"limit": 100}).json()
        assert [each["action"] for each in listed["items"][:3]] == [
            "tenant.created",
            "member.joined",
            "settings.reviewed",
        ]
        assert listed["unread_count"] == listed["total"]
    first = stored.call("carol", "GET", A).json()["items"][0]
    left = stored.call("carol", "POST", f"{A}/{first['id'].upper()}/read").json()
    assert left == {"unread_count": listed["total"] - 1}
    assert stored.call("carol", "POST", f"{A}/{first['id']}/read").json() == left
    assert stored.call("carol", "GET", A).json()["items"][0] == first | {"read": True}
    assert stored.call("alice", "GET", A).json()["items"][0] == first
    for foreign in (first["id"], UNKNOWN):
        for what in ("read", "dismiss"):
            assert_problem(stored.call("bob", "POST", f"{A}/{foreign}/{what}"), 404)


def test_events_are_read_dismissed_and_all_read(stored):
    who = Someone(stored)
    talks = [talk(who) for _ in range(4)]
    listed = who.call("GET", A).json()
    assert [each["subject_id"] for each in listed["items"]] == talks
    assert {each["actor_id"] for each in listed["items"]} == {who.account["user_id"]}
    ids = [each["id"] for each in listed["items"]]
    assert who.call("POST", f"{A}/{ids[0]}/dismiss").json() == {"unread_count": 3}
    assert who.call("POST", f"{A}/{ids[0]}/read").json() == {"unread_count": 3}
    assert who.call("POST", f"{A}/{ids[1]}/read").json() == {"unread_count": 2}
    assert who.call("POST", f"{A}/{ids[1]}/dismiss").json() == {"unread_count": 2}
    rest = who.call("GET", A).json()
    assert [each["id"] for each in rest["items"]] == ids[2:]
    assert rest["unread_count"] == rest["total"] == 2
    assert who.call("POST", f"{A}/mark-all-read").json() == {"unread_count": 0}
    assert {each["read"] for each in who.call("GET", A).json()["items"]} == {True}
    talk(who)
    after = who.call("GET", A).json()
    assert [each["read"] for each in after["items"]] == [True, True, False]
    assert after["unread_count"] == 1


@contextmanager
def stream(who):
    headers = {"Authorization": f"Bearer {who.account['access_token']}"}
    with who.live.client.stream("GET", f"{A}/stream", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.iter_lines()


def take(lines):
    fields = {}
    for line in lines:
        if not line:
            return fields
        name, _, value = line.partition(": ")
        fields[name] = value
    return None


def test_a_listener_hears_what_its_tenant_does_and_nothing_else(stored):
    who, other = Someone(stored), Someone(stored)
    with stream(who) as lines:
        assert take(lines) == {"event": "ping", "data": "{}"}
        talk(other)
        id_ = talk(who)
        heard = take(lines)
    listed = who.call("GET", A).json()["items"]
    assert heard["event"] == "activity"
    assert heard["id"] == listed[0]["id"]
    assert json.loads(heard["data"]) == listed[0]
    assert listed[0]["subject_id"] == id_


def test_a_stream_ends_when_access_has(stored):
    who = Someone(stored)
    with stream(who) as lines:
        take(lines)
        platform = stored.app.state.platform
        logout = {"refresh_token": who.account["refresh_token"]}
        stored.client.post("/api/v1/auth/logout", json=logout)
        with platform.database.write() as db:
            note(platform, db, who.account["tenant_id"], "tenant.changed", Subject("tenant"))
        assert take(lines) is None


def test_nobody_hears_of_what_is_rolled_back(stored):
    platform, heard = stored.app.state.platform, []
    tenant = Someone(stored).account["tenant_id"]
    original = platform.bus.publish

    def failing():
        with platform.database.write() as db:
            note(platform, db, tenant, "one.done", Subject("one"))
            raise KeyError

    platform.bus.publish = lambda where, message: heard.append((where, message["action"]))
    try:
        with pytest.raises(KeyError):
            failing()
        assert heard == []
        with platform.database.write() as db:
            note(platform, db, tenant, "two.done", Subject("two"))
            with pytest.raises(IntegrityError), db.begin_nested():
                db.add(Activity(tenant_id=UNKNOWN, action="x", subject_type="x"))
            with db.begin_nested():
                pass
            assert heard == []
    finally:
        platform.bus.publish = original
    assert heard == [(f"activity:{tenant}", "two.done")]
