"""A throw-away account acts at once, and alone."""

import pyotp

PATH = "/api/v1/test-fixtures/account"


def test_each_is_someone_new_in_a_tenant_of_their_own(stored):
    one, two = (stored.client.post(PATH) for _ in range(2))
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json()["tenant_id"] != two.json()["tenant_id"]
    headers = {"Authorization": f"Bearer {one.json()['access_token']}"}
    listed = stored.client.get("/api/v1/users", headers=headers).json()
    assert [each["id"] for each in listed["items"]] == [one.json()["user_id"]]
    login = {"email": one.json()["email"], "password": one.json()["password"]}
    assert stored.client.post("/api/v1/auth/token", json=login).status_code == 200
    renewal = {"refresh_token": one.json()["refresh_token"]}
    assert stored.client.post("/api/v1/auth/refresh", json=renewal).status_code == 200


def test_a_pending_method_is_proven_with_the_token_beside_it(stored):
    made = stored.client.post("/api/v1/test-fixtures/mfa-method")
    assert made.status_code == 201
    body = {"method_id": made.json()["method_id"], "code": pyotp.TOTP(made.json()["secret"]).now()}
    headers = {"Authorization": f"Bearer {made.json()['access_token']}"}
    done = stored.client.post("/api/v1/auth/mfa/totp/verify", json=body, headers=headers)
    assert done.json() == {"success": True}
