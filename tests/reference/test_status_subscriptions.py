"""A subscription is silent until its token has come back, once, by its own channel."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_status import REPORT

S = "/api/v1/status/subscriptions"
WAYS = [
    ("status-subscription-token", "verify", "challenge", "email"),
    ("status-challenge-token", "challenge", "verify", "webhook"),
]


def fresh(live, kind="status-subscription-token"):
    made = live.client.post(f"/api/v1/test-fixtures/{kind}")
    assert made.status_code == 201
    shown = made.json()
    (name,) = set(shown) - {"subscription_id"}
    return {"subscription_id": shown["subscription_id"], "token": shown[name]}


NAMES = {
    "verify": "verification_token",
    "challenge": "challenge_token",
    "unsubscribe": "unsubscribe_token",
}


def send(live, path, token):
    return live.client.post(f"{S}/{path}", json={NAMES[path]: token})


def listed(live, id_):
    found, cursor = [], {}
    while cursor is not None:
        page = live.call("operator", "GET", S, params={"limit": 100, **cursor}).json()
        found += [each for each in page["items"] if each["id"] == id_]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    return found


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ({"channel": "email", "email": "a@b.test"}, "a@b.test"),
        ({"channel": "webhook", "url": "https://b.test/x"}, "https://b.test/x"),
    ],
)
def test_anybody_subscribes_and_the_answer_holds_no_token(stored, target, shown):
    for _ in range(2):  # that a target is known is not to be seen
        made = stored.client.post(S, json={"target": target})
        assert made.status_code == 201
        body = made.json()
        assert (body["target"], body["state"], body["confirmed_at"]) == (shown, "unverified", None)
        assert "token" not in made.text
        assert listed(stored, body["id"]) == [body | {"notices": 0}]


@pytest.mark.parametrize(
    "target",
    [
        {"channel": "email", "url": "https://b.test/x"},
        {"channel": "webhook", "url": "http://b.test/x"},
        {"channel": "pigeon", "email": "a@b.test"},
        {"email": "a@b.test"},
    ],
)
def test_a_target_fits_its_channel(live, target):
    assert_problem(live.client.post(S, json={"target": target}), 422)


@pytest.mark.parametrize(("kind", "right", "wrong", "channel"), WAYS)
def test_a_token_is_spent_once_and_by_its_channel(stored, kind, right, wrong, channel):
    made = fresh(stored, kind)
    assert_problem(send(stored, wrong, made["token"]), 404)
    assert_problem(send(stored, right, made["token"] + "x"), 404)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send(stored, right, made["token"]), range(4)))
    assert sorted(each.status_code for each in answers) == [200, 404, 404, 404]
    (won,) = [each.json() for each in answers if each.status_code == 200]
    assert (won["id"], won["channel"], won["state"]) == (
        made["subscription_id"],
        channel,
        "active",
    )
    assert_problem(send(stored, "unsubscribe", made["token"]), 404)
    left = send(stored, "unsubscribe", won["unsubscribe_token"])
    assert left.json() == {"subscription_id": won["id"], "unsubscribed": True}
    assert_problem(send(stored, "unsubscribe", won["unsubscribe_token"]), 404)
    assert listed(stored, won["id"]) == []


def test_only_the_confirmed_are_told(stored):
    silent, told = fresh(stored), fresh(stored)
    assert send(stored, "verify", told["token"]).status_code == 200
    incident = stored.call("operator", "POST", "/api/v1/status/incidents", json=REPORT).json()
    path = f"/api/v1/status/incidents/{incident['id']}"
    again = stored.call("operator", "POST", f"{path}/resend")
    assert again.status_code == 202
    assert again.json()["dispatched"] is True
    assert again.json()["recipients"] >= 1
    assert stored.call("operator", "POST", f"{path}/resolve").status_code == 200
    assert stored.call("operator", "POST", f"{path}/resolve").status_code == 409
    assert listed(stored, told["subscription_id"])[0]["notices"] == 3
    assert listed(stored, silent["subscription_id"])[0]["notices"] == 0
    gone = f"{S}/{told['subscription_id'].upper()}"
    assert stored.call("operator", "DELETE", gone).status_code == 204
    assert_problem(stored.call("operator", "DELETE", gone), 404)
    unknown = stored.call("operator", "POST", f"/api/v1/status/incidents/{UNKNOWN}/resend")
    assert_problem(unknown, 404)


def test_subscribers_may_leave_while_they_are_told(stored):
    tokens = [fresh(stored)["token"] for _ in range(8)]
    leaving = [send(stored, "verify", each).json()["unsubscribe_token"] for each in tokens]
    id_ = stored.client.get("/api/v1/status").json()["incidents"][0]["id"]
    path = f"/api/v1/status/incidents/{id_}/resend"
    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(stored.call, "operator", "POST", path) for _ in range(8)]
        left = [pool.submit(send, stored, "unsubscribe", each) for each in leaving]
        assert {each.result().status_code for each in told} == {202}
        assert {each.result().status_code for each in left} == {200}


def test_subscribing_is_limited_and_nobody_is_told_without_subscribers():
    body = {"target": {"channel": "email", "email": "a@b.test"}}
    with running(settings(auth_rate_limit=5)) as own:
        id_ = own.client.get("/api/v1/status").json()["incidents"][0]["id"]
        nobody = own.call("operator", "POST", f"/api/v1/status/incidents/{id_}/resend").json()
        assert (nobody["dispatched"], nobody["recipients"]) == (False, 0)
        answers = [own.client.post(S, json=body) for _ in range(12)]
        assert answers[0].status_code == 201
        assert answers[0].headers["ratelimit-limit"] == "5"
        refused = [each for each in answers if each.status_code == 429]
        assert refused
        assert_problem(refused[0], 429)
