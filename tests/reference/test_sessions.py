"""Sessions: rotation, family revocation, one winner, and an end that holds at once."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest

from tests.reference.live import EMAILS, PASSWORDS, running, settings
from tests.reference.test_accounts import PASSWORD, register
from tests.reference.test_envelope import assert_problem

T = "/api/v1/auth"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refresh(live, token: str):
    return live.client.post(f"{T}/refresh", json={"refresh_token": token})


def test_a_refresh_token_works_once_and_its_reuse_ends_the_family(stored):
    first = stored.login("alice")
    second = refresh(stored, first["refresh_token"])
    assert second.status_code == 200
    assert second.headers["cache-control"] == "no-store"
    assert second.json()["session_id"] == first["session_id"]
    access = bearer(second.json()["access_token"])
    assert stored.client.get(f"{T}/me", headers=access).status_code == 200
    assert_problem(refresh(stored, first["refresh_token"]), 401)
    assert_problem(stored.client.get(f"{T}/me", headers=access), 401)
    assert_problem(refresh(stored, second.json()["refresh_token"]), 401)


def test_of_parallel_refreshes_exactly_one_wins_and_the_family_ends(stored):
    for _ in range(3):
        token = stored.login("bob")["refresh_token"]
        barrier = threading.Barrier(6)

        def race(_, token=token, barrier=barrier):
            barrier.wait()
            return refresh(stored, token)

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(race, range(6)))
        assert sorted(a.status_code for a in answers) == [200] + [401] * 5
        winner = next(a.json() for a in answers if a.status_code == 200)
        assert_problem(refresh(stored, winner["refresh_token"]), 401)


def test_logout_holds_at_once(stored):
    pair = stored.login("carol")
    access = bearer(pair["access_token"])
    out = stored.client.post(f"{T}/logout", json={"refresh_token": pair["refresh_token"]})
    assert (out.status_code, out.json()) == (200, {"revoked": True})
    assert_problem(stored.client.get(f"{T}/me", headers=access), 401)
    assert_problem(refresh(stored, pair["refresh_token"]), 401)
    again = stored.client.post(f"{T}/logout", json={"refresh_token": pair["refresh_token"]})
    assert again.json() == {"revoked": False}


def test_logout_everywhere_ends_every_session_of_the_caller_only(stored):
    one = register(stored).json()  # somebody of its own: other tests keep the seeded ones' tokens
    login = {"email": one["email"], "password": PASSWORD}
    two = stored.client.post(f"{T}/token", json=login).json()
    other = stored.login("bob")
    answer = stored.client.post(f"{T}/logout/all", headers=bearer(one["access_token"]))
    assert answer.json()["revoked"] == 2
    for pair in (one, two):
        assert_problem(stored.client.get(f"{T}/me", headers=bearer(pair["access_token"])), 401)
    kept = stored.client.get(f"{T}/me", headers=bearer(other["access_token"]))
    assert kept.status_code == 200


def test_a_session_is_listed_and_ended_by_its_owner_alone(stored):
    mine, doomed = stored.login("bob"), stored.login("bob")
    access = bearer(mine["access_token"])
    listed = stored.client.get(f"{T}/sessions", headers=access).json()
    assert doomed["session_id"] in [each["id"] for each in listed["sessions"]]
    assert [each["id"] for each in listed["sessions"] if each["current"]] == [mine["session_id"]]
    path = f"{T}/sessions/{doomed['session_id']}"
    assert_problem(stored.call("alice", "DELETE", path), 404)
    assert stored.client.delete(path, headers=access).json() == {"revoked": True}
    assert_problem(stored.client.delete(path, headers=access), 404)
    assert_problem(stored.client.get(f"{T}/me", headers=bearer(doomed["access_token"])), 401)


def test_tokens_verify_by_the_published_keys(live):
    token = live.login("alice")["access_token"]
    answer = live.client.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    keys = jwt.PyJWKSet.from_dict(answer.json())
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(
        token, keys[header["kid"]], algorithms=["EdDSA"], audience="troth-reference"
    )
    assert (claims["typ"], claims["tenant"], claims["role"]) == ("access", "acme", "owner")
    assert all("d" not in key for key in answer.json()["keys"])


def _forged(token: str) -> list[str]:
    head, body, signature = token.split(".")

    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    padded = alphabet[alphabet.index(signature[-1]) ^ 1]  # the same bytes, written otherwise
    nones = [f"{part({'alg': alg, 'typ': 'JWT'})}.{body}." for alg in ("none", "None", "NONE")]
    return [
        *nones,
        f"{head}.{body}.",
        f"{head}.{part(claims | {'role': 'operator'})}.{signature}",
        f"{head}.{body}.{signature[:-1]}{padded}",
        token + "=",
        token + "x",
        "garbage",
        "\u00e9",
        "",
        "a" * 60_000,
    ]


def test_no_forged_token_is_believed(live):
    pair = live.login("alice")
    for each in [*_forged(pair["access_token"]), pair["refresh_token"]]:
        headers = [(b"Authorization", b"Bearer " + each.encode("latin-1"))] if each else []
        answer = live.client.get(f"{T}/me", headers=headers)
        assert_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer ")
    twice = [("Authorization", f"Bearer {pair['access_token']}")] * 2
    assert_problem(live.client.get(f"{T}/me", headers=twice), 401)


@pytest.mark.parametrize(
    "body",
    [
        {"email": EMAILS["alice"], "password": PASSWORDS["alice"] + " "},
        {"email": EMAILS["alice"], "password": PASSWORDS["alice"].upper()},
        {"email": EMAILS["alice"], "password": PASSWORDS["alice"][:-1]},
        {"email": EMAILS["alice"], "password": PASSWORDS["bob"]},
        {"email": EMAILS["alice"], "password": PASSWORDS["alice"], "tenant_slug": "globex"},
        {"email": "nobody@acme.test", "password": PASSWORDS["alice"]},
    ],
)
def test_whoever_is_refused_is_refused_alike(live, body):
    problem = assert_problem(live.client.post(f"{T}/token", json=body), 401)
    assert problem["detail"] == "These credentials are not valid."


def test_login_attempts_are_limited():
    with running(settings(auth_rate_limit=2)) as live:
        body = {"email": EMAILS["alice"], "password": "wrong"}
        answers = [live.client.post(f"{T}/token", json=body) for _ in range(3)]
        # A minute may turn in between; then the third attempt is the new window's first or second.
        assert [a.status_code for a in answers][:2] == [401, 401]
        assert answers[0].headers["ratelimit-limit"] == "2"
        last = live.client.post(f"{T}/token", json=body)
        assert_problem(last, 429)
        assert int(last.headers["retry-after"]) >= 1
        other = {"email": EMAILS["bob"], "password": PASSWORDS["bob"]}
        assert live.client.post(f"{T}/token", json=other).status_code == 200
