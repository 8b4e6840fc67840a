"""The real process: quick to start, gentle to stop, one JSON record a line, no secret in any."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.reference.live import EMAILS, PASSWORDS
from troth.reference.redaction import redact, redact_text


@contextmanager
def process(
    module: str = "troth.reference", **changes: str
) -> Iterator[tuple[str, subprocess.Popen[str], list[str]]]:
    env = {**os.environ, "TROTH_REFERENCE_SEED": "1", **changes}
    env |= {f"TROTH_REFERENCE_PASSWORD_{k.upper()}": v for k, v in PASSWORDS.items()}
    child = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: list[str] = []
    try:
        assert child.stdout is not None
        for line in child.stdout:
            lines.append(line)
            record = json.loads(line)
            if record["event"] == "ready":
                break
        yield f"http://{record['host']}:{record['port']}", child, lines
    finally:
        child.kill()
        child.communicate()


def test_logs_are_json_lines_that_join_to_responses_and_hold_no_secret():
    with process() as (url, child, lines):
        with httpx.Client(base_url=url) as client:
            body = {"email": EMAILS["alice"], "password": PASSWORDS["alice"]}
            pair = client.post("/api/v1/auth/token", json=body).json()
            access = pair["access_token"]
            headers = {"Authorization": f"Bearer {access}", "Cookie": "sid=cookie-canary"}
            me = client.get(f"/api/v1/auth/me?token={access}", headers=headers)
            client.get(f"/nothing/{access}?password=query-canary", headers=headers)
            client.post("/api/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]})
            client.post("/api/v1/auth/token", json={**body, "password": "body-canary-\n{}"})
            client.get("/health", headers=[(b"X-Correlation-Id", b"forged\xe9{}")])
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=20)
    assert child.returncode == 0
    assert err == ""
    text = "".join(lines) + out
    records = [json.loads(line) for line in text.splitlines()]
    requests = [each for each in records if each["event"] == "request"]
    assert len(requests) == 6
    assert {"ts", "level", "correlation_id", "method", "route", "status", "duration_ms"} <= set(
        requests[0]
    )
    joined = [r for r in requests if r["correlation_id"] == me.headers["x-correlation-id"]]
    assert [r["route"] for r in joined] == ["/api/v1/auth/me"]
    assert joined[0]["principal"] == me.json()["user_id"]
    secrets = [*PASSWORDS.values(), access, pair["refresh_token"], access[:40], "canary", "forged"]
    assert [each for each in secrets if each in text] == []


def test_redaction_by_name_and_by_look():
    token = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln"
    for text in (token, f"Bearer {token}", "bearer opaque-1234", f"x?access_token={token}"):
        assert redact_text(text).count("[redacted]") >= 1
        assert "opaque" not in redact_text(text)
        assert token not in redact_text(text)
    nested = {"user": {"Password": "p"}, "list": [{"set-cookie": "c"}], "n": 1, "ok": "fine"}
    assert redact(nested) == {
        "user": {"Password": "[redacted]"},
        "list": [{"set-cookie": "[redacted]"}],
        "n": 1,
        "ok": "fine",
    }
    assert redact_text("postgresql://u:p4ss@h/db") == "postgresql://[redacted]@h/db"
