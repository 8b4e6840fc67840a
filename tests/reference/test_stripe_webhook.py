"""The webhook believes what is signed, takes each event once, and lets the newest hold."""

import itertools
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.reference.live import STRIPE_SECRET, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from troth.reference.app import create_app
from troth.reference.domain.stripe import TOLERANCE, genuine, signature

HOOK = "/webhooks/stripe"
_numbers = itertools.count()
LATER = 2_000_000_000
"""After anything that a tenant does in these tests."""


def signed(body: bytes, at: int | None = None, secret: str = STRIPE_SECRET) -> dict[str, str]:
    moment = str(int(time.time()) if at is None else at)
    value = f"t={moment},v1={signature(secret, moment, body)}"
    return {"Stripe-Signature": value, "Content-Type": "application/json"}


def deliver(live, event, **how):
    body = json.dumps(event).encode()
    return live.client.post(HOOK, content=body, headers=signed(body, **how))


def event_id():
    return f"evt_{uuid.uuid4().hex}"


def snapshot(account, created=None, type_="customer.subscription.updated", **changes):
    moment = LATER + next(_numbers) if created is None else created
    thing = {
        "id": "sub_1",
        "object": "subscription",
        "status": "active",
        "cancel_at_period_end": False,
        "current_period_start": 1_767_225_600,
        "current_period_end": 1_769_817_600,
        "plan": "pro",
        "quantity": 3,
        "metadata": {
            "tenant_id": account["tenant_id"],
            "subscription_id": account["subscription_id"],
        },
    }
    return {
        "id": event_id(),
        "object": "event",
        "type": type_,
        "created": moment,
        "data": {"object": thing | changes},
    }


@pytest.fixture
def account(stored):
    return stored.client.post("/api/v1/test-fixtures/billed-account").json()


def status(live, account):
    path = f"/api/v1/billing/tenants/{account['tenant_id']}/subscription"
    headers = {"Authorization": f"Bearer {account['access_token']}"}
    return live.client.get(path, headers=headers).json()["status"]


def test_only_the_holder_of_the_secret_is_believed(stored, account):
    event = snapshot(account, status="past_due")
    body = json.dumps(event).encode()
    good = signed(body)["Stripe-Signature"]
    _, _, digest = good.partition("v1=")
    present = int(time.time())
    bad = [
        signed(body, secret="another")["Stripe-Signature"],
        signed(body, at=present - TOLERANCE - 60)["Stripe-Signature"],
        signed(body, at=present + TOLERANCE + 60)["Stripe-Signature"],
        signed(body + b" ")["Stripe-Signature"],
        good.replace("v1=", "v0="),
        good.upper(),
        f"v1={digest}",
        f"t={present + 1},v1={digest}",
        f"t=,v1={digest}",
        f"t={present},t={present},v1={digest}",
        "nonsense",
        "é",
    ]
    for header in bad:
        headers = {"Stripe-Signature": header.encode(), "Content-Type": "application/json"}
        assert_problem(stored.client.post(HOOK, content=body, headers=headers), 403)
    assert status(stored, account) == "active"
    rolled = {**signed(body), "Stripe-Signature": f"{good},v1={'0' * 64}"}
    answer = stored.client.post(HOOK, content=body, headers=rolled)
    assert answer.json() == {"received": True, "applied": True, "duplicate": False}
    assert status(stored, account) == "past_due"


def test_the_signature_comes_before_the_body_is_read(stored):
    for body in (b'{"a": ', b"{}", b"[]"):
        headers = {"Stripe-Signature": "t=1,v1=00", "Content-Type": "application/json"}
        assert_problem(stored.client.post(HOOK, content=body, headers=headers), 403)
        status = 400 if body == b'{"a": ' else 422
        assert_problem(stored.client.post(HOOK, content=body, headers=signed(body)), status)
    missing = stored.client.post(HOOK, json={})
    assert_problem(missing, 422)
    assert missing.json()["errors"][0]["field"] == "Stripe-Signature"
    text = {**signed(b"{}"), "Content-Type": "text/plain"}
    assert_problem(stored.client.post(HOOK, content=b"{}", headers=text), 415)
    huge = b'"' + b"x" * 1_100_000 + b'"'
    assert_problem(stored.client.post(HOOK, content=huge, headers=signed(huge)), 413)


def test_an_event_is_taken_once(stored, account):
    event = snapshot(account, status="past_due")
    with ThreadPoolExecutor(6) as pool:
        answers = [each.json() for each in pool.map(lambda _: deliver(stored, event), range(6))]
    assert sorted(each["applied"] for each in answers) == [False] * 5 + [True]
    assert sorted(each["duplicate"] for each in answers) == [False] + [True] * 5
    assert status(stored, account) == "past_due"


def test_an_older_event_changes_nothing(stored, account):
    newer = snapshot(account, status="past_due")
    older = snapshot(account, created=newer["created"] - 1)
    assert deliver(stored, newer).json()["applied"] is True
    assert deliver(stored, older).json() == {
        "received": True,
        "applied": False,
        "duplicate": False,
    }
    assert status(stored, account) == "past_due"
    twin = snapshot(account, created=newer["created"]) | {"id": f"evt_zz{uuid.uuid4().hex}"}
    assert deliver(stored, twin).json()["applied"] is True  # of one second the greater id
    assert status(stored, account) == "active"


def test_of_many_at_once_the_newest_holds(stored, account):
    told = [snapshot(account, quantity=number + 1) for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda event: deliver(stored, event), told[::-1]))
    path = f"/api/v1/billing/tenants/{account['tenant_id']}/subscription"
    headers = {"Authorization": f"Bearer {account['access_token']}"}
    assert stored.client.get(path, headers=headers).json()["quantity"] == 12


def test_what_a_tenant_has_ended_stays_ended(stored, account):
    path = f"/api/v1/billing/tenants/{account['tenant_id']}/subscription/cancel"
    headers = {"Authorization": f"Bearer {account['access_token']}"}
    ended = stored.client.post(path, headers=headers, json={"when": "immediately"})
    assert ended.status_code == 200
    assert deliver(stored, snapshot(account)).json()["applied"] is False
    assert status(stored, account) == "canceled"


def test_what_a_tenant_changed_is_newer_than_what_was_said_before(stored, account):
    path = f"/api/v1/billing/tenants/{account['tenant_id']}/subscription"
    headers = {"Authorization": f"Bearer {account['access_token']}"}
    before = int(time.time()) - 5
    assert stored.client.patch(path, headers=headers, json={"quantity": 8}).status_code == 200
    assert deliver(stored, snapshot(account, created=before)).json()["applied"] is False
    assert stored.client.get(path, headers=headers).json()["quantity"] == 8


def test_what_is_not_ours_is_noted_and_changes_nothing(stored, account):
    other = stored.client.post("/api/v1/test-fixtures/billed-account").json()
    strangers = [
        {"tenant_id": UNKNOWN, "subscription_id": UNKNOWN},
        {"tenant_id": other["tenant_id"], "subscription_id": account["subscription_id"]},
        {"tenant_id": account["tenant_id"], "subscription_id": other["subscription_id"]},
    ]
    for stranger in strangers:
        event = snapshot(stranger, status="canceled")
        assert deliver(stored, event).json()["applied"] is False
        assert deliver(stored, event).json()["duplicate"] is True
    unfit = [
        snapshot(account, type_="invoice.paid", status="past_due"),
        snapshot(account, type_="customer.subscription.deleted"),
        snapshot(account, current_period_end=0, status="past_due"),
    ]
    for event in unfit:
        assert deliver(stored, event).json()["applied"] is False
    assert status(stored, account) == status(stored, other) == "active"


def test_without_its_secret_or_without_billing_it_is_not_there():
    for off in ({"stripe_webhook_secret": None}, {"billing": False}):
        app = create_app(settings(seed=False, **off))
        paths = app.openapi()["paths"]
        assert HOOK not in paths
        assert ("/api/v1/billing/plans" in paths) == ("billing" not in off)
        app.state.platform.close()


def test_a_signature_is_stripes():
    # As `printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test` says.
    known = "c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925"
    body = b'{"id":"evt_1"}'
    assert signature("whsec_test", "1700000000", body) == known
    assert genuine("whsec_test", f"t=1700000000,v1={known}", body, 1_700_000_300)
    assert not genuine("whsec_test", f"t=1700000000,v1={known}", body, 1_700_000_301)
