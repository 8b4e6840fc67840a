"""Recorded deliveries of one subscription's life come to the same end, in whatever order.

Each replay is of a subscription of its own: its ids stand in for the recorded ones, and the
signature is made anew, over the very bytes that are sent. The times stay as they were recorded.
"""

import json
import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.reference.live import STRIPE_SECRET, running, settings
from troth.reference.domain.stripe import signature

pytestmark = pytest.mark.stripe_replay

RECORDED = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent / "stripe").glob("*.json"))
]
ALL = len(RECORDED)
# After so many deliveries: the status, the plan, the seats, and each invoice's status and amount.
FIRST, SECOND, THIRD = ("in_1SkQ7e2eZvKYlo2C", "in_1SpUz32eZvKYlo2C", "in_1T0MUd2eZvKYlo2C")
TRIAL = {FIRST: ("paid", 0)}
PAID = TRIAL | {SECOND: ("paid", 3800)}
OUTCOMES = {
    3: ("trialing", "starter", 2, TRIAL),
    6: ("past_due", "starter", 2, TRIAL | {SECOND: ("open", 3800)}),
    9: ("active", "pro", 3, PAID),
    10: ("cancel_at_period_end", "pro", 3, PAID),
    12: ("canceled", "pro", 3, PAID | {THIRD: ("void", 14_700)}),
}
ORDERS = {
    "as recorded": lambda told: told,
    "each twice": lambda told: [each for each in told for _ in range(2)],
    "all twice": lambda told: told + told,
    "backwards": lambda told: told[::-1],
    "every other one first": lambda told: told[::2] + told[1::2],
    "from both ends": lambda told: [told[(-1) ** n * ((n + 1) // 2)] for n in range(len(told))],
    "shuffled": lambda told: random.Random(1).sample(told, len(told)),
    "shuffled, and again": lambda told: random.Random(2).sample(told * 2, 2 * len(told)),
}


@pytest.fixture(scope="module")
def service():
    with running(settings()) as found:
        yield found


class Replay:
    """A subscription, and what was recorded, told of it."""

    def __init__(self, live):
        made = live.client.post("/api/v1/test-fixtures/billed-account")
        assert made.status_code == 201, made.text
        self.live, self.account = live, made.json()
        self.run = uuid.uuid4().hex[:8]

    def told(self, upto=ALL):
        return [self._ours(json.loads(each)) for each in RECORDED[:upto]]

    def _ours(self, event):
        event["id"] += self.run
        event["data"]["object"]["metadata"] = {
            name: self.account[name] for name in ("tenant_id", "subscription_id")
        }
        return json.dumps(event, indent=2).encode()

    def deliver(self, body, *, secret=STRIPE_SECRET, at=None, sent=None):
        moment = str(int(time.time()) if at is None else at)
        headers = {
            "Content-Type": "application/json",
            "Stripe-Signature": f"t={moment},v1={signature(secret, moment, body)}",
        }
        content = body if sent is None else sent
        return self.live.client.post("/webhooks/stripe", content=content, headers=headers)

    def taken(self, body):
        answer = self.deliver(body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["received"] is True
        return answer.json()

    def _get(self, path):
        headers = {"Authorization": f"Bearer {self.account['access_token']}"}
        base = f"/api/v1/billing/tenants/{self.account['tenant_id']}"
        answer = self.live.client.get(base + path, headers=headers, params={"limit": 100})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self):
        """All that anybody can see of it, but for ids and the times of arrival."""
        seen = self._get("/subscription")
        ours = {"id", "tenant_id", "created_at"}
        invoices = [
            {name: value for name, value in each.items() if name not in ours | {"subscription_id"}}
            for each in self._get("/invoices")["items"]
        ]
        return (
            {name: value for name, value in seen.items() if name not in ours},
            sorted(invoices, key=lambda each: each["provider_id"] or ""),
        )


def summed(state):
    subscription, invoices = state
    owed = {each["provider_id"]: (each["status"], each["amount_minor"]) for each in invoices}
    return subscription["status"], subscription["plan"], subscription["quantity"], owed


@pytest.fixture(scope="module")
def reference(service):
    """What each part of the life comes to when it is told once, in order."""
    found = {}
    for upto in OUTCOMES:
        replay = Replay(service)
        for body in replay.told(upto):
            assert replay.taken(body)["applied"] is True
        found[upto] = replay.state()
    return found


@pytest.mark.parametrize("upto", OUTCOMES)
def test_the_recorded_life_comes_to_what_it_says(reference, upto):
    assert summed(reference[upto]) == OUTCOMES[upto]


@pytest.mark.parametrize("upto", OUTCOMES)
@pytest.mark.parametrize("order", ORDERS)
def test_every_order_comes_to_the_same(service, reference, order, upto):
    replay = Replay(service)
    bodies = ORDERS[order](replay.told(upto))
    assert set(bodies) == set(replay.told(upto))
    receipts = [replay.taken(body) for body in bodies]
    assert replay.state() == reference[upto]
    assert [each["duplicate"] for each in receipts].count(False) == upto


@pytest.mark.parametrize("upto", OUTCOMES)
def test_many_deliveries_at_once_come_to_the_same(service, reference, upto):
    replay = Replay(service)
    bodies = random.Random(upto).sample(replay.told(upto) * 3, 3 * upto)
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(replay.taken, bodies))
    assert replay.state() == reference[upto]
    assert [each["duplicate"] for each in receipts].count(False) == upto


def test_two_lives_that_are_told_by_turns_do_not_mix(service, reference):
    one, other = Replay(service), Replay(service)
    for mine, theirs in zip(one.told(), other.told()[::-1], strict=True):
        one.taken(mine)
        other.taken(theirs)
    assert one.state() == other.state() == reference[12]


def test_what_was_told_again_after_the_end_changes_nothing(service, reference):
    replay = Replay(service)
    for body in replay.told() + replay.told()[::-1]:
        replay.taken(body)
    assert replay.state() == reference[12]


def test_what_is_not_signed_is_refused_and_leaves_no_trace(service, reference):
    replay = Replay(service)
    before = replay.state()
    present = int(time.time())
    for body in replay.told():
        forged = body.replace(b'"quantity": 2', b'"quantity": 9') + b"\n"
        for bad in (
            replay.deliver(body, secret="another"),
            replay.deliver(body, at=present - 400),
            replay.deliver(body, at=present + 400),
            replay.deliver(body, sent=forged),
        ):
            assert bad.status_code == 403
            assert bad.headers["content-type"] == "application/problem+json"
    assert replay.state() == before
    for body in replay.told():  # none of them counts as received
        assert replay.taken(body)["duplicate"] is False
    assert replay.state() == reference[12]
