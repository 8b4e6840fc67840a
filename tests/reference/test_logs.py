"""Whatever happens, each line of stdout and stderr is JSON, and no secret is in any."""

import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.reference.broken_service import SECRET
from tests.reference.databases import fresh
from tests.reference.forwarder import forwarding
from tests.reference.live import EMAILS, KEYS, PASSWORDS
from tests.reference.test_process import process


def said(text: str) -> list[dict[str, object]]:
    """Each line, parsed."""
    records = [json.loads(line) for line in text.splitlines()]
    assert all({"ts", "level", "logger", "event"} <= set(each) for each in records)
    return records


def raw(address: tuple[str, int], sent: bytes) -> bytes:
    with socket.create_connection(address, 30) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_good_bad_and_broken_requests_leave_nothing_but_json_lines(tmp_path):
    with fresh("postgres", tmp_path) as database_url, forwarding("127.0.0.1", 5432) as way:
        name = database_url.rpartition("/")[2]
        changes = {
            "DATABASE_URL": f"postgresql+psycopg://postgres:pg-pass-31cf@127.0.0.1:{way.port}/{name}",
            "DATABASE_PATIENCE": "2",
            "ORPHAN_INTERVAL": "0.2",
            "KEY_ALICE": KEYS["alice"],
            "LOG_LEVEL": "DEBUG",
        }
        env = {f"TROTH_REFERENCE_{name}": value for name, value in changes.items()}
        with process("tests.reference.broken_service", **env) as (url, child, lines):
            secrets = [*PASSWORDS.values(), KEYS["alice"], "pg-pass-31cf", SECRET, "canary"]
            with httpx.Client(base_url=url, timeout=60) as client:
                body = {"email": EMAILS["alice"], "password": PASSWORDS["alice"]}
                pair = client.post("/api/v1/auth/token", json=body).json()
                secrets += [pair["access_token"], pair["refresh_token"]]
                headers = {"Authorization": f"Bearer {pair['access_token']}"}
                me = client.get("/api/v1/auth/me", headers=headers)
                assert me.status_code == 200
                client.post("/api/v1/auth/token", content=b'{"password": "canary-1"')
                for broken, status in (("request", 500), ("task", 200), ("thread", 200)):
                    assert client.get(f"/broken/{broken}").status_code == status
                assert client.get("/broken/warning").status_code == 200
                host, port = httpx.URL(url).host, httpx.URL(url).port
                for sent in (
                    b"\x16\x03\x01\x00canary\r\n\r\n",
                    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: canary\r\n\r\n",
                    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n",
                    b"GET /?password=canary HTTP/1.1\r\n",
                ):
                    raw((host, port), sent)
                where = f"ws://{host}:{port}/api/v1/query/ws"
                with pytest.raises(InvalidStatus):
                    connect(where, additional_headers={"X-API-Key": "canary-2"}, proxy=None)
                keyed = {"X-API-Key": KEYS["alice"]}
                with connect(where, additional_headers=keyed, proxy=None) as talk:
                    talk.send('{"type": "canary"}')
                    assert json.loads(talk.recv(60))["type"] == "error"
                    talk.send(b"canary")
                    with pytest.raises(ConnectionClosed):
                        talk.recv(60)
                way.cut()
                refused = client.post("/api/v1/auth/token", json=body)
                assert refused.status_code == 503
                way.restore()
                assert client.post("/api/v1/auth/token", json=body).status_code == 200
            child.send_signal(signal.SIGTERM)
            out, err = child.communicate(timeout=60)
    assert child.returncode == 0
    text = "".join(lines) + out + err
    records = said(text)
    assert [each for each in secrets if each in text] == []
    events = [each["event"] for each in records]
    for expected in ("ready", "unhandled", "crashed", "background.started", "background.stopped"):
        assert expected in events
    for logger in ("uvicorn.error", "py.warnings", "asyncio"):
        assert any(each["logger"] == logger for each in records), logger
    assert any(each.get("correlation_id") == me.headers["x-correlation-id"] for each in records)


@pytest.mark.parametrize(
    ("changes", "event", "code"),
    [
        ({"DATABASE_URL": "postgresql+psycopg://x:canary-pw@127.0.0.1:1/x"}, "crashed", 1),
        ({"RATE_LIMIT": "canary-number"}, "settings.invalid", 2),
        ({"DATABASE_URL": "canary://canary"}, "crashed", 1),
    ],
)
def test_a_start_that_fails_is_said_in_json_too(changes, event, code):
    env = os.environ | {f"TROTH_REFERENCE_{name}": value for name, value in changes.items()}
    command = [sys.executable, "-m", "troth.reference", "--port", "0"]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code
    text = done.stdout + done.stderr
    assert [each["event"] for each in said(text)][-1] == event
    assert "canary" not in text
