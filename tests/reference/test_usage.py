"""Usage is counted where it happens, loses nothing in a race, and is the tenant's own."""

from concurrent.futures import ThreadPoolExecutor

U = "/api/v1/usage"


def conversations(live, who):
    items = live.call(who, "GET", U).json()["items"]
    return sum(each["count"] for each in items if each["feature"] == "conversations")


def test_each_tenant_begins_with_what_was_planted(stored):
    for who in ("alice", "bob"):
        page = stored.call(who, "GET", U).json()
        assert page["total"] == len(page["items"]) >= 1
        assert conversations(stored, who) >= 2


def test_conversations_started_at_once_are_all_counted(stored):
    mine, theirs = conversations(stored, "alice"), conversations(stored, "bob")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: stored.talk("alice"), range(18)))
    assert conversations(stored, "alice") == mine + 18
    assert conversations(stored, "carol") == mine + 18
    assert conversations(stored, "bob") == theirs


def test_what_is_refused_is_not_counted(stored):
    before = conversations(stored, "alice")
    assert stored.call("alice", "POST", "/api/v1/conversations", json={}).status_code == 422
    assert stored.call("carol", "POST", "/api/v1/conversations", json={}).status_code == 403
    assert conversations(stored, "alice") == before
