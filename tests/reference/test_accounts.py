"""Getting in: registration under each policy, requests decided once, invites used once."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from troth.reference.domain.registration import slug_of
from troth.reference.storage.invites import Invite
from troth.reference.storage.outbox import Letter
from troth.reference.storage.signup import SignupRequest
from troth.reference.storage.tables import Tenant, User, now

A = "/api/v1/auth"
PASSWORD = "a long enough one"
_numbers = itertools.count()


def bearer(tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def address() -> str:
    return f"person-{next(_numbers)}@signup.test"


def register(live, **changes):
    body = {"email": address(), "display_name": "Someone", "password": PASSWORD} | changes
    return live.client.post(f"{A}/register", json=body)


def invite(live, who="alice", **changes):
    made = live.call(who, "POST", f"{A}/invites", json={"role": "member"} | changes)
    assert made.status_code == 201, made.text
    return made.json()


def ask(live, email):
    body = {"email": email, "display_name": "Hal", "tenant_name": "Initrode"}
    answer = live.client.post(f"{A}/request-access", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


def rows(live, model, *conditions):
    with live.app.state.platform.database.read() as db:
        return list(db.scalars(select(model).where(*conditions)))


def at_once(work, times=6):
    barrier = threading.Barrier(times)

    def one(number):
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def expire(live, model, id_):
    with live.app.state.platform.database.write() as db:
        past = now() - timedelta(seconds=1)
        db.execute(update(model).where(model.id == id_).values(expires_at=past))


def test_whoever_registers_owns_a_tenant_and_is_logged_in(stored):
    made = register(stored, tenant_name="Hooli & Söhne")
    assert made.status_code == 201
    assert made.headers["ratelimit-limit"]
    account = made.json()
    assert account["tenant_slug"] == "hooli-sohne"
    assert account["email_verified"] is False
    me = stored.client.get(f"{A}/me", headers=bearer(account)).json()
    assert (me["role"], me["tenant_slug"]) == ("owner", "hooli-sohne")
    listed = stored.client.get("/api/v1/users", headers=bearer(account)).json()
    assert [each["email"] for each in listed["items"]] == [account["email"]]
    login = {"email": account["email"].upper(), "password": PASSWORD}
    assert stored.client.post(f"{A}/token", json=login).status_code == 200
    assert_problem(register(stored, email=account["email"].upper()), 409)
    assert_problem(register(stored, email="alice@acme.test"), 409)
    (letter,) = rows(stored, Letter, Letter.recipient == account["email"])
    assert letter.kind == "verify_email"


def test_tenants_of_one_name_are_different_ones_also_at_once(stored):
    answers = at_once(lambda _: register(stored, tenant_name="Pied Piper"))
    assert [each.status_code for each in answers] == [201] * 6
    slugs = {each.json()["tenant_slug"] for each in answers}
    assert len(slugs) == 6
    assert "pied-piper" in slugs
    assert all(each.startswith("pied-piper") for each in slugs)


def test_of_one_address_there_is_one_account_also_at_once(stored):
    email = address()
    answers = at_once(lambda _: register(stored, email=email, tenant_name="Raviga"))
    assert sorted(each.status_code for each in answers) == [201] + [409] * 5
    assert len(rows(stored, User, User.email == email)) == 1
    # A refused account leaves no tenant behind.
    assert len(rows(stored, Tenant, Tenant.name == "Raviga")) == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme", "acme"),
        ("3M", "tenant-3m"),
        ("株式会社", "tenant"),
        ("x", "tenant-x"),
        ("--", "tenant"),
        ("Éclair, Inc.", "eclair-inc"),
        ("a" * 120, "a" * 40),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_every_name_has_a_slug(name, slug):
    assert slug_of(name).removesuffix("-") == slug


def test_an_invite_brings_into_its_tenant_once(stored):
    made = invite(stored, role="viewer")
    account = register(stored, invite_token=made["invite_token"], tenant_name="Ignored").json()
    assert account["tenant_slug"] == "acme"
    me = stored.client.get(f"{A}/me", headers=bearer(account)).json()
    assert me["role"] == "viewer"
    assert rows(stored, Tenant, Tenant.name == "Ignored") == []
    assert_problem(register(stored, invite_token=made["invite_token"]), 409)
    assert_problem(register(stored, invite_token="no such token"), 409)
    assert_problem(stored.call("alice", "POST", f"{A}/invites/{made['id']}/revoke"), 409)
    (row,) = rows(stored, Invite, Invite.id == made["id"])
    assert row.status == "accepted"
    assert made["invite_token"] not in (row.digest, row.id)


def test_of_many_who_use_an_invite_at_once_one_is_let_in(stored):
    token = invite(stored)["invite_token"]
    answers = at_once(lambda _: register(stored, invite_token=token))
    assert sorted(each.status_code for each in answers) == [201] + [409] * 5


def test_an_invite_for_an_address_is_for_no_other(stored):
    email = address()
    token = invite(stored, email=email.upper())["invite_token"]
    assert_problem(register(stored, invite_token=token), 409)
    assert register(stored, invite_token=token, email=email).status_code == 201


def test_a_refused_registration_leaves_its_invite_unused(stored):
    token = invite(stored)["invite_token"]
    assert_problem(register(stored, invite_token=token, email="bob@globex.test"), 409)
    assert register(stored, invite_token=token).status_code == 201


def test_an_invite_runs_out_and_is_revoked_while_pending_only(stored):
    old, mine = invite(stored), invite(stored)
    expire(stored, Invite, old["id"])
    assert_problem(register(stored, invite_token=old["invite_token"]), 409)
    assert_problem(stored.call("alice", "POST", f"{A}/invites/{old['id']}/revoke"), 409)
    path = f"{A}/invites/{mine['id'].upper()}/revoke"
    for stranger, status in (("bob", 404), ("carol", 403)):
        assert_problem(stored.call(stranger, "POST", path), status)
    assert_problem(stored.call("alice", "POST", f"{A}/invites/{UNKNOWN}/revoke"), 404)
    revoked = stored.call("admin", "POST", path).json()
    assert revoked == {k: v for k, v in mine.items() if k != "invite_token"} | {"status": "revoked"}
    assert_problem(stored.call("alice", "POST", path), 409)
    assert_problem(register(stored, invite_token=mine["invite_token"]), 409)
    listed = stored.call("alice", "GET", f"{A}/invites", params={"limit": 100})
    shown = {each["id"]: each["status"] for each in listed.json()["invites"]}
    assert (shown[old["id"]], shown[mine["id"]]) == ("expired", "revoked")
    assert mine["invite_token"] not in listed.text


def test_invites_are_a_tenants_own_and_for_admins(stored):
    mine = invite(stored)
    theirs = invite(stored, "bob")
    ids = [
        each["id"]
        for each in stored.call("bob", "GET", f"{A}/invites", params={"limit": 100}).json()[
            "invites"
        ]
    ]
    assert theirs["id"] in ids
    assert mine["id"] not in ids
    assert_problem(stored.call("carol", "GET", f"{A}/invites"), 403)
    assert_problem(stored.call("carol", "POST", f"{A}/invites", json={"role": "viewer"}), 403)
    assert_problem(stored.call("alice", "POST", f"{A}/invites", json={"role": "owner"}), 422)


def test_a_request_is_approved_once_and_lets_found_a_tenant(stored):
    email = address()
    asked = ask(stored, email)
    assert asked["policy"] == "public"
    assert ask(stored, email.upper()) == asked
    path = f"{A}/signup-requests/{asked['request_id']}"
    for who in ("alice", "carol"):
        assert_problem(stored.call(who, "POST", f"{path}/approve"), 403)
        assert_problem(stored.call(who, "GET", f"{A}/signup-requests"), 403)
    approved = stored.call("operator", "POST", f"{path}/approve").json()
    assert approved["request"]["status"] == "approved"
    assert approved["request"]["decided_at"]
    for step in ("approve", "reject"):
        assert_problem(stored.call("operator", "POST", f"{path}/{step}"), 409)
        unknown = f"{A}/signup-requests/{UNKNOWN}/{step}"
        assert_problem(stored.call("operator", "POST", unknown), 404)
    founding = approved["invite"]
    assert (founding["email"], founding["role"], founding["tenant_id"]) == (email, "owner", None)
    # It is the operators', not that of the tenant they are in.
    assert_problem(stored.call("alice", "POST", f"{A}/invites/{founding['id']}/revoke"), 404)
    account = register(stored, email=email, invite_token=founding["invite_token"])
    assert account.status_code == 201
    assert account.json()["tenant_slug"] not in ("acme", "globex")
    kinds = [each.kind for each in rows(stored, Letter, Letter.recipient == email)]
    assert kinds == ["invite", "verify_email"]


def test_an_operator_takes_back_what_an_approval_gave(stored):
    path = f"{A}/signup-requests/{ask(stored, address())['request_id']}/approve"
    founding = stored.call("operator", "POST", path).json()["invite"]
    revoked = stored.call("operator", "POST", f"{A}/invites/{founding['id']}/revoke")
    assert revoked.json()["status"] == "revoked"


def test_of_many_who_decide_at_once_one_does(stored):
    path = f"{A}/signup-requests/{ask(stored, address())['request_id']}"
    stored.auth("operator")
    steps = ("approve", "reject")
    answers = at_once(lambda n: stored.call("operator", "POST", f"{path}/{steps[n % 2]}"))
    assert sorted(each.status_code for each in answers) == [200] + [409] * 5


def test_many_who_ask_at_once_for_one_address_ask_once(stored):
    email = address()
    asked = at_once(lambda _: ask(stored, email))
    assert len({each["request_id"] for each in asked}) == 1
    assert len(rows(stored, SignupRequest, SignupRequest.email == email)) == 1


def test_a_rejected_address_may_ask_again_and_one_with_an_account_is_not_approved(stored):
    email = address()
    first = ask(stored, email)["request_id"]
    rejected = stored.call("operator", "POST", f"{A}/signup-requests/{first}/reject").json()
    assert rejected["request"]["status"] == "rejected"
    second = ask(stored, email)["request_id"]
    assert second != first
    assert register(stored, email=email).status_code == 201
    path = f"{A}/signup-requests/{second}"
    assert_problem(stored.call("operator", "POST", f"{path}/approve"), 409)
    assert stored.call("operator", "POST", f"{path}/reject").status_code == 200
    assert ask(stored, "alice@acme.test").keys() == ask(stored, address()).keys()


def test_requests_are_listed_by_status(stored):
    pending = ask(stored, address())["request_id"]
    for status, there in (("pending", True), ("approved", False)):
        page = stored.call(
            "operator", "GET", f"{A}/signup-requests", params={"status": status, "limit": 100}
        ).json()
        assert {each["status"] for each in page["requests"]} <= {status}
        assert (pending in [each["id"] for each in page["requests"]]) == there
    query = {"status": "other"}
    assert_problem(stored.call("operator", "GET", f"{A}/signup-requests", params=query), 422)


@pytest.mark.parametrize("policy", ["invite_only", "approval"])
def test_where_the_public_may_not_register_an_invite_is_needed(policy):
    with running(settings(signup_policy=policy)) as live:
        shown = live.client.get(f"{A}/signup-policy").json()
        assert shown == {"policy": policy, "invite_required": True}
        # Whoever has no invite does not learn who has an account either.
        for email in (address(), "alice@acme.test"):
            assert_problem(register(live, email=email), 403)
            assert_problem(register(live, email=email, invite_token="none"), 403)
        token = invite(live)["invite_token"]
        assert register(live, invite_token=token).json()["tenant_slug"] == "acme"
        email = address()
        asked = ask(live, email)
        path = f"{A}/signup-requests/{asked['request_id']}/approve"
        token = live.call("operator", "POST", path).json()["invite"]["invite_token"]
        founded = register(live, email=email, invite_token=token, tenant_name="Founded")
        assert founded.json()["tenant_slug"] == "founded"


def test_public_forms_are_limited_for_each_address():
    with running(settings(auth_rate_limit=1)) as live:
        forms = {
            "register": {"display_name": "S", "password": PASSWORD},
            "request-access": {"display_name": "S", "tenant_name": "S"},
            "email/send": {},
            "password/forgot": {},
        }
        for form, more in forms.items():
            body = more | {"email": address()}
            answers = [live.client.post(f"{A}/{form}", json=body) for _ in range(3)]
            # A minute may turn in between, once.
            refused = [each for each in answers if each.status_code == 429]
            assert refused, form
            assert_problem(refused[0], 429)
            assert refused[0].headers["ratelimit-remaining"] == "0"
            other = body | {"email": address()}
            assert live.client.post(f"{A}/{form}", json=other).status_code in (201, 202)
