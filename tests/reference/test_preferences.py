"""Consents are given once, preferences are the last that was said; both are their user's alone."""

from concurrent.futures import ThreadPoolExecutor

from tests.reference.test_mfa import Someone

U = "/api/v1/users"


def test_a_consent_is_the_same_however_often_it_is_given(stored):
    who = Someone(stored)
    new = {"policy_key": "privacy", "version": "2026-01"}
    with ThreadPoolExecutor(5) as pool:
        made = list(pool.map(lambda _: who.call("POST", f"{U}/consents", json=new), range(5)))
    assert {each.status_code for each in made} == {201}
    assert len({each.text for each in made}) == 1
    assert made[0].json()["success"] is True
    later = who.call("POST", f"{U}/consents", json=new | {"version": "2026-02"}).json()
    listed = who.call("GET", f"{U}/consents").json()
    assert listed["items"] == [made[0].json()["consent"], later["consent"]]
    assert Someone(stored).call("GET", f"{U}/consents").json()["items"] == []


def test_a_preference_is_what_was_said_last(stored):
    who = Someone(stored)
    new = {"channel": "email", "category": "product", "enabled": False}
    path = f"{U}/notification-preferences"
    first = who.call("PUT", path, json=new)
    assert first.status_code == 200
    assert first.json()["enabled"] is False
    second = who.call("PUT", path, json=new | {"enabled": True}).json()
    assert second == first.json() | {"enabled": True, "updated_at": second["updated_at"]}
    other = who.call("PUT", path, json=new | {"channel": "push"}).json()
    assert who.call("GET", path).json()["items"] == [second, other]
    assert Someone(stored).call("GET", path).json()["items"] == []
