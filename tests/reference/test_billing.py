"""One live subscription a tenant, through guarded states; money and usage are counted once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import get_args

import httpx
import pytest

from tests.reference.live import Live
from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_stripe_webhook import deliver, snapshot
from troth.reference.domain.subscriptions import MOVES, Step
from troth.reference.schemas.billing import SubscriptionState

B = "/api/v1/billing"
NEW = {"plan": "pro", "quantity": 3}
STATES = get_args(SubscriptionState)


class Customer:
    """The owner of a tenant of one's own."""

    def __init__(self, live: Live, *, subscribed: bool = True) -> None:
        made = live.client.post("/api/v1/test-fixtures/billed-account")
        assert made.status_code == 201, made.text
        self.live, self.made = live, made.json()
        self.base = f"{B}/tenants/{self.made['tenant_id']}"
        self.headers = {"Authorization": f"Bearer {self.made['access_token']}"}
        if not subscribed:
            assert self.cancel("immediately").status_code == 200

    def call(self, method: str, path: str, headers=None, **kwargs) -> httpx.Response:
        both = self.headers | (headers or {})
        return self.live.client.request(method, self.base + path, headers=both, **kwargs)

    def now(self):
        return self.call("GET", "/subscription").json()

    def cancel(self, when):
        return self.call("POST", "/subscription/cancel", json={"when": when})

    def change(self, **what):
        return self.call("PATCH", "/subscription", json=what)

    def start(self, **more):
        return self.call("POST", "/subscription", json=NEW | more)

    def use(self, key, quantity=5, metric="messages"):
        body = {"metric": metric, "quantity": quantity}
        return self.call("POST", "/usage", json=body, headers={"Idempotency-Key": key})


def customer_in(live, state):
    found = Customer(live)
    if state == "cancel_at_period_end":
        assert found.cancel("at_period_end").status_code == 200
    elif state == "canceled":
        assert found.cancel("immediately").status_code == 200
    elif state != "active":
        told = snapshot(found.made, status=state)
        assert deliver(live, told).json()["applied"] is True
    assert found.now()["status"] == state
    return found


TAKE = {
    "change": lambda who: who.change(plan="enterprise", quantity=5),
    "stop": lambda who: who.cancel("at_period_end"),
    "resume": lambda who: who.change(auto_renew=True, quantity=7),
    "cancel": lambda who: who.cancel("immediately"),
}


def expected(step, state):
    """Where the table leads; the tests' customers are not on trial by the clock."""
    if step == "resume" and state in ("trialing", "active"):
        return state  # it renews itself already: only the number of seats changes
    known = {(move.step, move.source): move.target for move in MOVES if move.guard != "in trial"}
    return known.get((step, state))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", get_args(Step))
def test_every_step_from_every_state(stored, state, step):
    who = customer_in(stored, state)
    before, seen = who.now(), who.call("GET", "/events").json()
    answer = TAKE[step](who)
    after = who.now()
    target = expected(step, state)
    if target is None:
        assert_problem(answer, 409)
        assert after == before
        assert who.call("GET", "/events").json() == seen
        return
    assert answer.status_code == 200
    assert answer.json() == after
    assert after["status"] == target
    assert after["auto_renew"] == (target not in ("canceled", "cancel_at_period_end"))
    assert (after["canceled_at"] is not None) == (target == "canceled")
    if step == "change":
        assert (after["plan"], after["quantity"]) == ("enterprise", 5)
    assert who.call("GET", "/events").json()["total"] > seen["total"]


def test_one_is_live_and_may_be_begun_anew_after_its_end(stored):
    who = Customer(stored)
    assert_problem(who.start(), 409)
    assert who.cancel("immediately").json()["status"] == "canceled"
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: who.start(), range(6)))
    assert sorted(each.status_code for each in answers) == [201] + [409] * 5
    (made,) = [each for each in answers if each.status_code == 201]
    assert made.headers["location"] == f"{who.base}/subscription"
    assert who.now() == made.json()
    assert who.now()["id"] != who.made["subscription_id"]
    invoices = who.call("GET", "/invoices").json()
    assert [each["subscription_id"] for each in invoices["items"]] == [
        who.made["subscription_id"],
        made.json()["id"],
    ]


def test_a_start_is_billed_in_minor_units(stored):
    who = Customer(stored)
    plans = {
        each["code"]: each for each in stored.call("carol", "GET", f"{B}/plans").json()["items"]
    }
    assert list(plans) == ["starter", "pro", "enterprise"]
    (invoice,) = who.call("GET", "/invoices").json()["items"]
    assert invoice["amount_minor"] == 3 * plans["pro"]["price_minor"] == 14_700
    assert (invoice["currency"], invoice["status"]) == ("EUR", "open")
    period = datetime.fromisoformat(invoice["period_end"]) - datetime.fromisoformat(
        invoice["period_start"]
    )
    assert period.days == plans["pro"]["period_days"]
    assert who.call("GET", f"/invoices/{invoice['id'].upper()}").json() == invoice
    assert_problem(who.call("GET", f"/invoices/{UNKNOWN}"), 404)
    other = Customer(stored)
    assert_problem(other.call("GET", f"/invoices/{invoice['id']}"), 404)


def test_a_trial_is_for_the_first_time_only(live):
    made = live.client.post(
        "/api/v1/test-fixtures/apply",
        json={
            "tenants": [
                {
                    "slug": "trial-tenant",
                    "name": "T",
                    "users": [
                        {
                            "email": "owner@trial-tenant.test",
                            "display_name": "O",
                            "role": "owner",
                            "password": "long enough, is it",
                            "conversations": [],
                        }
                    ],
                }
            ]
        },
    )
    assert made.status_code in (200, 201), made.text
    login = {"email": "owner@trial-tenant.test", "password": "long enough, is it"}
    token = live.client.post("/api/v1/auth/token", json=login).json()["access_token"]
    who = Customer.__new__(Customer)
    who.live, who.headers = live, {"Authorization": f"Bearer {token}"}
    mine = live.client.get("/api/v1/tenants/current", headers=who.headers).json()["id"]
    who.base = f"{B}/tenants/{mine}"
    for method, path in (("GET", "/subscription"), ("GET", "/usage")):
        assert_problem(who.call(method, path), 404)
    assert_problem(who.change(quantity=2), 404)
    assert_problem(who.cancel("immediately"), 404)
    assert_problem(who.use("key-number-1"), 404)
    assert who.call("GET", "/invoices").json()["items"] == []
    first = who.start(trial=True).json()
    assert first["status"] == "trialing"
    assert first["trial_end"] == first["current_period_end"]
    assert who.call("GET", "/invoices").json()["items"] == []
    assert who.cancel("at_period_end").json()["status"] == "cancel_at_period_end"
    assert who.change(auto_renew=True).json() == first
    assert who.cancel("immediately").status_code == 200
    assert who.start(trial=True).json()["status"] == "active"
    assert who.call("GET", "/invoices").json()["total"] == 1


def test_a_change_is_made_whole_or_not_at_all(stored):
    who = customer_in(stored, "cancel_at_period_end")
    assert_problem(who.change(plan="starter"), 409)
    found = who.change(plan="starter", auto_renew=True).json()
    assert (found["plan"], found["status"]) == ("starter", "active")
    found = who.change(quantity=9, auto_renew=False).json()
    assert (found["quantity"], found["status"]) == (9, "cancel_at_period_end")
    assert who.change().json() == who.change(auto_renew=False).json() == found
    assert_problem(who.change(plan=None), 422)


def test_of_many_cancellations_at_once_one_counts(stored):
    who = Customer(stored)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: who.cancel("immediately"), range(6)))
    assert sorted(each.status_code for each in answers) == [200] + [409] * 5
    kinds = [each["type"] for each in who.call("GET", "/events").json()["items"]]
    assert kinds == ["subscription.started", "subscription.canceled"]


def test_usage_is_counted_once_a_key(stored):
    who = Customer(stored)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: who.use("report-one"), range(6)))
    assert {each.status_code for each in answers} == {202}
    assert len({each.json()["id"] for each in answers}) == 1
    assert sorted(each.json()["duplicate"] for each in answers) == [False] + [True] * 5
    assert_problem(who.use("report-one", quantity=6), 409)
    assert who.use("report-two", quantity=7).json()["success"] is True
    used = who.call("GET", "/usage").json()
    assert {each["metric"]: each["quantity"] for each in used["items"]} == {
        "agent_runs": 0,
        "messages": 12,
        "tokens": 0,
    }
    assert Customer(stored).use("report-one").json()["duplicate"] is False
    assert_problem(who.use("short"), 422)
    assert who.cancel("immediately").status_code == 200
    assert_problem(who.use("report-three"), 409)


OPERATIONS = [
    ("GET", "/subscription", None),
    ("POST", "/subscription", NEW),
    ("PATCH", "/subscription", {}),
    ("POST", "/subscription/cancel", {"when": "immediately"}),
    ("POST", "/usage", {"metric": "tokens", "quantity": 1}),
    ("GET", "/usage", None),
    ("GET", "/events", None),
    ("GET", "/invoices", None),
    ("GET", f"/invoices/{UNKNOWN}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_another_tenants_billing_does_not_exist(stored, method, path, body):
    who = Customer(stored)
    before = who.now()
    for tenant in (who.made["tenant_id"], UNKNOWN):
        for stranger in ("alice", "operator"):
            headers = stored.auth(stranger) | {"Idempotency-Key": "some-report"}
            answer = stored.client.request(
                method, f"{B}/tenants/{tenant}{path}", headers=headers, json=body
            )
            assert_problem(answer, 404)
    assert who.now() == before


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_only_those_who_manage_billing_change_it(live, method, path, body):
    mine = live.call("carol", "GET", "/api/v1/tenants/current").json()["id"]
    headers = live.auth("carol") | {"Idempotency-Key": "some-report"}
    url = f"{B}/tenants/{mine}{path}"
    answer = live.client.request(method, url, headers=headers, json=body)
    if method == "GET":
        assert answer.status_code == (404 if path.endswith(UNKNOWN) else 200)
    else:
        assert_problem(answer, 403)


@contextmanager
def streaming(who):
    with who.live.client.stream("GET", f"{B}/stream", headers=who.headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()

        def event():
            found = {}
            while line := next(lines):
                name, _, value = line.partition(": ")
                found[name] = value
            return found

        yield event


def test_the_stream_pings_and_then_tells_what_happens_to_ones_own_tenant(stored):
    who, other = Customer(stored), Customer(stored)
    with streaming(who) as event:
        assert event() == {"event": "ping", "data": "{}"}
        assert other.cancel("immediately").status_code == 200
        assert who.cancel("immediately").status_code == 200
        told = httpx.Response(200, text=event()["data"]).json()
    seen = who.call("GET", "/events").json()["items"]
    assert told == seen[-1]
    assert told["type"] == "subscription.canceled"
