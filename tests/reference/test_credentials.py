"""Proving an address and setting passwords: tokens work once, old sessions end at once."""

import pytest
from sqlalchemy import update

from tests.reference.live import running, settings
from tests.reference.test_accounts import (
    PASSWORD,
    A,
    address,
    at_once,
    bearer,
    expire,
    register,
    rows,
)
from tests.reference.test_envelope import UNKNOWN, assert_problem
from troth.reference.storage.accounts import EmailToken, VerifiedEmail
from troth.reference.storage.outbox import Letter
from troth.reference.storage.tables import LoginSession, User, now

NEW = "another long enough one"
FIXTURES = "/api/v1/test-fixtures"


def fixture_user(live, slug="credentials", **changes) -> str:
    person = {
        "email": address(),
        "display_name": "Erin",
        "role": "member",
        "password": PASSWORD,
        "conversations": [],
    } | changes
    world = {"tenants": [{"slug": slug, "name": "C", "users": [person]}]}
    assert live.client.post(f"{FIXTURES}/apply", json=world).status_code in (200, 201)
    return person["email"]


def token(live, kind, email) -> str:
    made = live.client.post(f"{FIXTURES}/{kind}-token", json={"email": email})
    assert made.status_code == 201, made.text
    return made.json()["token"]


def verify(live, value):
    return live.client.post(f"{A}/email/verify", json={"token": value})


def confirm(live, value, password=NEW):
    body = {"token": value, "new_password": password}
    return live.client.post(f"{A}/password/confirm", json=body)


def login(live, email, password):
    return live.client.post(f"{A}/token", json={"email": email, "password": password})


def change(live, tokens, current, new):
    body = {"current_password": current, "new_password": new}
    return live.client.post(f"{A}/password/change", json=body, headers=bearer(tokens))


def me(live, tokens) -> int:
    return live.client.get(f"{A}/me", headers=bearer(tokens)).status_code


def user_of(live, email) -> User:
    (found,) = rows(live, User, User.email == email)
    return found


def test_an_address_is_proven_once_by_the_latest_token(stored):
    email = fixture_user(stored)
    older, latest = (token(stored, "email-verification", email) for _ in range(2))
    assert_problem(verify(stored, older), 404)
    assert verify(stored, latest).json() == {"success": True}
    assert_problem(verify(stored, latest), 404)
    assert_problem(verify(stored, "no such token"), 404)
    (proven,) = rows(stored, VerifiedEmail, VerifiedEmail.user_id == user_of(stored, email).id)
    assert proven.email == email
    assert verify(stored, token(stored, "email-verification", email)).status_code == 200


def test_a_token_is_for_its_purpose_until_it_runs_out(stored):
    email = fixture_user(stored)
    to_verify, to_reset = (token(stored, kind, email) for kind in KINDS)
    assert_problem(verify(stored, to_reset), 404)
    assert_problem(confirm(stored, to_verify), 404)
    digests = [each.digest for each in rows(stored, EmailToken)]
    assert to_verify not in digests
    for each in rows(stored, EmailToken, EmailToken.user_id == user_of(stored, email).id):
        expire(stored, EmailToken, each.id)
    assert_problem(verify(stored, to_verify), 404)
    assert_problem(confirm(stored, to_reset), 404)


KINDS = ("email-verification", "password-reset")


def test_tokens_die_with_the_address_they_went_to(stored):
    email = fixture_user(stored)
    to_verify, to_reset = (token(stored, kind, email) for kind in KINDS)
    with stored.app.state.platform.database.write() as db:
        db.execute(update(User).where(User.email == email).values(email=address()))
    assert_problem(verify(stored, to_verify), 404)
    assert_problem(confirm(stored, to_reset), 404)


def test_of_many_who_use_a_token_at_once_one_does(stored):
    email = fixture_user(stored)
    value = token(stored, "email-verification", email)
    answers = at_once(lambda _: verify(stored, value))
    assert sorted(each.status_code for each in answers) == [200] + [404] * 5
    value = token(stored, "password-reset", email)
    answers = at_once(lambda n: confirm(stored, value, f"{NEW} {n}"))
    assert sorted(each.status_code for each in answers) == [200] + [404] * 5
    works = [login(stored, email, f"{NEW} {n}").status_code for n in range(6)]
    assert [each.status_code for each in answers] == [200 if w == 200 else 404 for w in works]


def test_asking_and_using_at_once_never_fails(stored):
    email = fixture_user(stored)

    def mixed(number):
        value = token(stored, "password-reset", email)
        if number % 2:
            return confirm(stored, value).status_code
        return stored.client.post(f"{A}/password/forgot", json={"email": email}).status_code

    assert set(at_once(mixed)) <= {200, 202, 404}


def test_a_forgotten_password_is_replaced_and_ends_every_session(stored):
    email = fixture_user(stored)
    sessions = [login(stored, email, PASSWORD).json() for _ in range(2)]
    value = token(stored, "password-reset", email)
    assert confirm(stored, value).json() == {"success": True}
    for each in sessions:
        assert me(stored, each) == 401
        refresh = {"refresh_token": each["refresh_token"]}
        assert_problem(stored.client.post(f"{A}/refresh", json=refresh), 401)
    assert_problem(login(stored, email, PASSWORD), 401)
    assert login(stored, email, NEW).status_code == 200
    assert_problem(confirm(stored, value), 404)


@pytest.mark.parametrize("form", ["email/send", "password/forgot"])
def test_nobody_learns_from_a_letter_who_has_an_account(stored, form):
    known, nobody = fixture_user(stored), address()
    answers = [
        stored.client.post(f"{A}/{form}", json={"email": each}) for each in (known.upper(), nobody)
    ]
    assert [each.status_code for each in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    # Both cost a letter.
    kinds = [[each.kind for each in rows(stored, Letter, Letter.recipient == to)] for to in
             (known, nobody)]  # fmt: skip
    assert kinds == [["verify_email" if form == "email/send" else "reset_password"],
                     ["no_account"]]  # fmt: skip


def test_whoever_is_suspended_gets_no_token_and_one_in_hand_is_dead(stored):
    email = fixture_user(stored)
    values = [token(stored, kind, email) for kind in KINDS]
    with stored.app.state.platform.database.write() as db:
        db.execute(update(User).where(User.email == email).values(status="suspended"))
    assert_problem(verify(stored, values[0]), 404)
    assert_problem(confirm(stored, values[1]), 404)
    assert stored.client.post(f"{A}/password/forgot", json={"email": email}).status_code == 202
    assert rows(stored, Letter, Letter.recipient == email)[-1].kind == "no_account"


def test_whoever_has_proven_an_address_is_not_asked_again(stored):
    email = fixture_user(stored)
    verify(stored, token(stored, "email-verification", email))
    assert stored.client.post(f"{A}/email/send", json={"email": email}).status_code == 202
    kinds = [each.kind for each in rows(stored, Letter, Letter.recipient == email)]
    assert sorted(kinds) == ["already_verified", "verify_email"]


def test_a_change_takes_the_current_password_and_keeps_this_session_alone(stored):
    account = register(stored).json()
    other = login(stored, account["email"], PASSWORD).json()
    problem = assert_problem(change(stored, account, "not the password", NEW), 403)
    assert problem["detail"] == "The current password is not right."
    assert_problem(change(stored, account, PASSWORD, PASSWORD), 409)
    assert_problem(change(stored, account, PASSWORD, "short"), 422)
    assert (me(stored, account), me(stored, other)) == (200, 200)
    changed = change(stored, account, PASSWORD, NEW)
    assert changed.json() == {"success": True, "revoked": 1}
    assert (me(stored, account), me(stored, other)) == (200, 401)
    assert_problem(login(stored, account["email"], PASSWORD), 401)
    assert login(stored, account["email"], NEW).status_code == 200


def test_of_many_changes_at_once_one_is_made(stored):
    account = register(stored).json()
    answers = at_once(lambda n: change(stored, account, PASSWORD, f"{NEW} {n}"))
    statuses = [each.status_code for each in answers]
    assert statuses.count(200) == 1
    # Whoever came later has a stale password: found out before the change, or in it.
    assert set(statuses) <= {200, 403, 409}
    assert login(stored, account["email"], f"{NEW} {statuses.index(200)}").status_code == 200


def test_no_session_begun_with_the_old_password_outlives_its_change(stored):
    account = register(stored).json()

    def mixed(number):
        if number == 0:
            return change(stored, account, PASSWORD, NEW)
        return login(stored, account["email"], PASSWORD)

    changed, *logins = at_once(mixed)
    assert changed.status_code == 200
    for each in logins:
        assert each.status_code == 401 or me(stored, each.json()) == 401
    user = user_of(stored, account["email"])
    live = rows(
        stored,
        LoginSession,
        LoginSession.user_id == user.id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > now(),
    )
    assert [each.id for each in live] == [account["session_id"]]


def test_a_changed_password_makes_older_letters_worthless(stored):
    email = fixture_user(stored)
    tokens = login(stored, email, PASSWORD).json()
    value = token(stored, "password-reset", email)
    assert change(stored, tokens, PASSWORD, NEW).status_code == 200
    assert_problem(confirm(stored, value, "yet another long one"), 404)
    value = token(stored, "password-reset", email)
    fixture_user(stored, email=email)  # the fixture sets the first password again
    assert_problem(confirm(stored, value), 404)


def test_guesses_of_the_current_password_are_limited():
    with running(settings(auth_rate_limit=2)) as live:
        account = register(live).json()
        answers = [change(live, account, "a guess", NEW) for _ in range(6)]
        assert {each.status_code for each in answers} == {403, 429}
        refused = next(each for each in answers if each.status_code == 429)
        assert_problem(refused, 429)


def test_an_admin_sets_the_password_of_somebody_of_the_same_tenant(stored):
    body = {"email": address(), "display_name": "M", "role": "member", "password": PASSWORD}
    member = stored.call("alice", "POST", "/api/v1/users", json=body).json()
    session = login(stored, body["email"], PASSWORD).json()
    reset = {"user_id": member["id"], "new_password": NEW}
    for who, status in (("bob", 404), ("carol", 403)):
        assert_problem(stored.call(who, "POST", f"{A}/password/reset", json=reset), status)
    assert me(stored, session) == 200
    done = stored.call("admin", "POST", f"{A}/password/reset", json=reset)
    assert done.json() == {"success": True, "revoked": 1}
    assert me(stored, session) == 401
    assert login(stored, body["email"], NEW).status_code == 200


def test_nobody_sets_ones_own_password_so_or_that_of_anyone_above(stored):
    ids = {
        who: stored.call(who, "GET", "/api/v1/users/me").json()["id"] for who in ("alice", "admin")
    }
    for who, whom, status in (("alice", "alice", 409), ("admin", "alice", 403)):
        body = {"user_id": ids[whom], "new_password": NEW}
        assert_problem(stored.call(who, "POST", f"{A}/password/reset", json=body), status)
    body = {"user_id": UNKNOWN, "new_password": NEW}
    assert_problem(stored.call("alice", "POST", f"{A}/password/reset", json=body), 404)
    assert stored.login("alice")


def test_fixture_tokens_are_of_nobody_that_fixtures_did_not_make(stored):
    registered = register(stored).json()["email"]
    for kind, emails in (
        ("password-reset", ("alice@acme.test", registered, address())),
        ("email-verification", (registered, address())),
    ):
        for email in emails:
            answer = stored.client.post(f"{FIXTURES}/{kind}-token", json={"email": email})
            assert_problem(answer, 404)
    assert token(stored, "email-verification", "alice@acme.test")


def test_where_there_are_no_fixtures_there_are_no_such_tokens():
    with running(settings(fixtures=False)) as live:
        for kind in KINDS:
            body = {"email": "erin@fixture-one.test"}
            assert_problem(live.client.post(f"{FIXTURES}/{kind}-token", json=body), 404)
