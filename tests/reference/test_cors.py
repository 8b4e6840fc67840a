"""Only configured origins are allowed, matched exactly."""

import pytest

from tests.reference.live import running, settings
from tests.reference.test_envelope import assert_problem

ALLOWED = "https://app.example.test"


@pytest.fixture(scope="module")
def service():
    with running(settings(seed=False, cors_origins=[ALLOWED])) as live:
        yield live


def test_an_allowed_origin_reads_and_preflights(service):
    answer = service.client.get("/health", headers={"Origin": ALLOWED})
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert answer.headers["vary"] == "Origin"
    asked = {"Origin": ALLOWED, "Access-Control-Request-Method": "POST"}
    preflight = service.client.options("/api/v1/conversations", headers=asked)
    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    assert preflight.headers["x-correlation-id"]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "*",
        "http://app.example.test",
        "https://app.example.test:8443",
        "https://app.example.test.evil.test",
        "https://evil-app.example.test",
        "HTTPS://APP.EXAMPLE.TEST",
        "https://app.example.test/",
    ],
)
def test_any_other_is_served_without(service, origin):
    answer = service.client.get("/health", headers={"Origin": origin})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "Origin"
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    preflight = service.client.options("/api/v1/conversations", headers=asked)
    assert_problem(preflight, 405)
    assert "access-control-allow-origin" not in preflight.headers
