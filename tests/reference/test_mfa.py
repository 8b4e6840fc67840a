"""Second factors: proven before they count, each code once, few guesses, recovery."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from troth.reference.storage.mfa import MfaChallenge, MfaMethod

M = "/api/v1/auth/mfa"
FIXTURES = "/api/v1/test-fixtures"


class Someone:
    """A throw-away account with its token."""

    def __init__(self, live) -> None:
        self.live = live
        self.account = live.client.post(f"{FIXTURES}/account").json()

    def call(self, method, path, **kwargs):
        headers = {"Authorization": f"Bearer {self.account['access_token']}"}
        return self.live.client.request(method, path, headers=headers, **kwargs)

    def enroll(self):
        made = self.call("POST", f"{M}/totp/enroll", json={"label": "Phone"})
        assert made.status_code == 201, made.text
        return made.json()

    def verify(self, method, code):
        body = {"method_id": method["method_id"], "code": code}
        return self.call("POST", f"{M}/totp/verify", json=body)

    def active(self):
        """An active method, proven by the present code: the next is good yet."""
        method = self.enroll()
        assert self.verify(method, self.code(method)).json() == {"success": True}
        return method

    @staticmethod
    def code(method, step=0):
        moment = datetime.now(UTC) + timedelta(seconds=30 * step)
        return pyotp.TOTP(method["secret"]).at(moment)

    def log_in(self):
        login = {"email": self.account["email"], "password": self.account["password"]}
        return self.live.client.post("/api/v1/auth/token", json=login)

    def challenge(self):
        answer = self.log_in()
        assert answer.status_code == 202, answer.text
        assert answer.json()["mfa_required"] is True
        assert answer.headers["cache-control"] == "no-store"
        return answer.json()["challenge_token"]

    def complete(self, challenge, code):
        body = {"challenge_token": challenge, "code": code}
        return self.live.client.post(f"{M}/complete", json=body)


def wrong(code: str) -> str:
    return f"{(int(code) + 500_000) % 1_000_000:06d}"


def race(times, what):
    barrier = threading.Barrier(times)

    def one(_):
        barrier.wait()
        return what()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_method_counts_from_its_first_code_until_it_is_removed(stored):
    who = Someone(stored)
    assert who.call("GET", M).json()["items"] == []
    method = who.enroll()
    assert pyotp.parse_uri(method["otpauth_uri"]).secret == method["secret"]
    assert who.log_in().status_code == 200
    assert who.call("GET", M).json()["items"][0]["state"] == "pending"
    code = who.code(method)
    assert_problem(who.verify(method, wrong(code)), 409)
    assert who.verify(method, code).status_code == 200
    assert_problem(who.verify(method, who.code(method, 1)), 409)
    assert who.call("GET", M).json()["items"][0]["state"] == "active"
    who.challenge()
    path = f"{M}/{method['method_id']}"
    assert who.call("DELETE", path.upper().replace(M.upper(), M)).json() == {"success": True}
    assert_problem(who.call("DELETE", path), 404)
    assert_problem(who.verify(method, code), 404)
    assert who.call("GET", M).json()["total"] == 0
    assert who.log_in().status_code == 200


def test_a_method_is_its_users_alone(stored):
    who, other = Someone(stored), Someone(stored)
    method = who.enroll()
    path = f"{M}/{method['method_id']}"
    assert_problem(other.call("DELETE", path), 404)
    assert_problem(other.verify(method, who.code(method)), 404)
    assert other.call("GET", M).json()["items"] == []
    assert_problem(who.call("DELETE", f"{M}/{UNKNOWN}"), 404)


def test_a_login_is_completed_by_a_code_that_is_good_once(stored):
    who = Someone(stored)
    method = who.active()
    challenge, code = who.challenge(), who.code(method, 1)
    assert_problem(who.complete(challenge, wrong(code)), 401)
    done = who.complete(challenge, code)
    assert done.status_code == 200, done.text
    headers = {"Authorization": f"Bearer {done.json()['access_token']}"}
    me = stored.client.get("/api/v1/auth/me", headers=headers).json()
    assert me["user_id"] == who.account["user_id"]
    assert_problem(who.complete(challenge, who.code(method, 1)), 401)
    assert_problem(who.complete(who.challenge(), code), 401)
    # A step that is over is not taken after a later one.
    assert_problem(who.complete(who.challenge(), who.code(method, -1)), 401)


def test_of_parallel_completions_with_one_code_one_wins(stored):
    who = Someone(stored)
    method = who.active()
    challenges = [who.challenge() for _ in range(5)]
    code = who.code(method, 1)
    answers = race(5, lambda: who.complete(challenges.pop(), code).status_code)
    assert sorted(answers) == [200] + [401] * 4


def test_of_parallel_completions_of_one_challenge_one_wins(stored):
    who = Someone(stored)
    who.active()
    codes = who.call("POST", f"{M}/recovery/regenerate").json()["codes"]
    challenge = who.challenge()
    answers = race(5, lambda: who.complete(challenge, codes.pop()).status_code)
    assert sorted(answers) == [200] + [401] * 4


def test_recovery_codes_are_good_once_and_until_replaced(stored):
    who = Someone(stored)
    method = who.active()
    old = who.call("POST", f"{M}/recovery/regenerate").json()["codes"]
    assert len(set(old)) == 10
    assert who.complete(who.challenge(), old[0]).status_code == 200
    assert_problem(who.complete(who.challenge(), old[0]), 401)
    new = who.call("POST", f"{M}/recovery/regenerate").json()["codes"]
    assert_problem(who.complete(who.challenge(), old[1]), 401)
    assert who.complete(who.challenge(), new[1]).status_code == 200
    # Another user's are worth nothing; nor are they once no method is left.
    other = Someone(stored)
    other.active()
    assert_problem(other.complete(other.challenge(), new[2]), 401)
    who.call("DELETE", f"{M}/{method['method_id']}")
    who.active()
    assert_problem(who.complete(who.challenge(), new[3]), 401)


def test_a_challenge_takes_five_attempts_and_a_user_twenty_wrong_codes(stored):
    who = Someone(stored)
    method = who.active()
    for _ in range(4):
        challenge = who.challenge()
        for _ in range(5):
            assert_problem(who.complete(challenge, wrong(who.code(method))), 401)
        assert_problem(who.complete(challenge, who.code(method, 1)), 401)
    refused = who.complete(who.challenge(), who.code(method, 1))
    assert_problem(refused, 429)
    assert refused.headers["retry-after"] == "900"


def test_a_pending_method_takes_five_attempts_and_has_its_time(stored):
    who = Someone(stored)
    method = who.enroll()
    for _ in range(5):
        assert_problem(who.verify(method, wrong(who.code(method))), 409)
    assert_problem(who.verify(method, who.code(method)), 404)
    late = who.enroll()
    with stored.app.state.platform.database.write() as db:
        db.get(MfaMethod, late["method_id"]).expires_at -= timedelta(hours=1)
    assert who.call("GET", M).json()["items"] == []
    assert_problem(who.verify(late, who.code(late)), 404)


def test_a_challenge_has_its_time_and_needs_an_active_user(stored):
    made = stored.client.post(f"{FIXTURES}/mfa-challenge").json()
    body = {"challenge_token": made["challenge_token"], "code": pyotp.TOTP(made["secret"]).now()}
    with stored.app.state.platform.database.write() as db:
        row = db.query(MfaChallenge).filter_by(user_id=made["user_id"]).one()
        row.expires_at -= timedelta(hours=1)
    assert_problem(stored.client.post(f"{M}/complete", json=body), 401)
    with stored.app.state.platform.database.write() as db:
        row = db.query(MfaChallenge).filter_by(user_id=made["user_id"]).one()
        row.expires_at += timedelta(hours=1)
    assert stored.client.post(f"{M}/complete", json=body).status_code == 200


def test_secrets_are_kept_sealed_and_codes_digested(stored):
    who = Someone(stored)
    method = who.enroll()
    with stored.app.state.platform.database.read() as db:
        kept = db.get(MfaMethod, method["method_id"]).secret
    assert method["secret"] not in kept
    assert len(kept) > 40


@pytest.mark.parametrize("body", [{"code": "123456"}, {"challenge_token": "x" * 43}])
def test_a_completion_needs_both_halves(live, body):
    assert_problem(live.client.post(f"{M}/complete", json=body), 422)


def test_methods_sealed_under_another_key_admit_nobody(tmp_path):
    url = f"sqlite:///{tmp_path}/one.sqlite3"
    with running(settings(database_url=url)) as first:
        made = first.client.post(f"{FIXTURES}/mfa-challenge").json()
    body = {"challenge_token": made["challenge_token"], "code": pyotp.TOTP(made["secret"]).now()}
    with running(settings(database_url=url)) as second:
        assert_problem(second.client.post(f"{M}/complete", json=body), 401)
