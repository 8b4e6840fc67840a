"""SIGTERM lets finish what is short and ends the rest; what a kill -9 leaves is found and ended."""

import json
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Self

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests.reference.databases import fresh
from tests.reference.listening import Heard
from tests.reference.live import EMAILS, KEYS, PASSWORDS
from tests.reference.test_process import process

ASKED = {"message": "How did the quarter go?"}
RUNS = "/api/v1/workflows/runs"
BREAK = ("stream.error", "shutting_down")


class Visit:
    """Alice, at a process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(base_url=url, timeout=120)
        body = {"email": EMAILS["alice"], "password": PASSWORDS["alice"]}
        token = self.client.post("/api/v1/auth/token", json=body).json()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    @contextmanager
    def stream(self, method, path, **kwargs):
        with (
            httpx.Client(base_url=self.url, timeout=120, headers=self.headers) as client,
            client.stream(method, path, **kwargs) as answer,
        ):
            yield Heard(answer)

    def get(self, path):
        return self.client.get(path, headers=self.headers).json()

    def workflow(self) -> str:
        key = self.get("/api/v1/workflows")["items"][0]["key"]
        return f"/api/v1/workflows/{key}/run-stream"

    def last(self, begun) -> dict[str, object]:
        """What the ledger of a conversation ends with."""
        where = f"/api/v1/conversations/{begun['conversation_id']}/ledger/events"
        return self.get(where)["items"][-1]


def environment(database: str, **more: str) -> dict[str, str]:
    values = {
        "DATABASE_URL": database,
        "KEY_ALICE": KEYS["alice"],
        "ORPHAN_INTERVAL": "0.2",
        **more,
    }
    return {f"TROTH_REFERENCE_{name}": value for name, value in values.items()}


def refused(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, 10).close()
    except OSError:
        return True
    return False


def test_sigterm_ends_what_goes_on_and_lets_finish_what_is_short(tmp_path):
    database = f"sqlite:///{tmp_path}/kept.sqlite3"
    with process(**environment(database, AI_PACE="3600")) as (url, child, lines):
        address = (httpx.URL(url).host, httpx.URL(url).port)
        socket_url = f"ws://{address[0]}:{address[1]}/api/v1/query/ws"
        with Visit(url) as visit, ExitStack() as stack, ThreadPoolExecutor(1) as pool:
            chat = stack.enter_context(visit.stream("POST", "/api/v1/chat/stream", json=ASKED))
            _, turn = chat.next()
            run = stack.enter_context(visit.stream("POST", visit.workflow(), json=ASKED))
            _, started = run.next()
            quiet = stack.enter_context(visit.stream("GET", "/api/v1/activity/stream"))
            assert quiet.next()[0] == "ping"
            talk = connect(socket_url, additional_headers={"X-API-Key": KEYS["alice"]}, proxy=None)
            stack.callback(talk.close)
            # It is under way from its first byte on, and ends when we send its last.
            short = stack.enter_context(socket.create_connection(address, 60))
            body = json.dumps({"display_name": "Begun before"}).encode()
            head = f"POST /api/v1/conversations HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}"
            auth = visit.headers["Authorization"]
            head += f"\r\nContent-Type: application/json\r\nAuthorization: {auth}\r\n\r\n"
            short.sendall(head.encode() + body[:5])
            whole = pool.submit(
                httpx.post, f"{url}/api/v1/chat", json=ASKED, headers=visit.headers, timeout=120
            )
            # Both have been begun once what came after them has been answered.
            asked = lambda: [  # noqa: E731
                each
                for each in visit.get("/api/v1/conversations")["items"]
                if each["display_name"].startswith("How did")
            ]
            assert any(len(asked()) == 2 for _ in range(20_000))
            child.send_signal(signal.SIGTERM)
            assert any(refused(address) for _ in range(200_000))
            short.sendall(body[5:])
            answer = short.recv(65536)
            for heard in (chat, run, quiet):
                kind, data = heard.rest()[-1]
                assert (kind, data["code"]) == BREAK
            with pytest.raises(ConnectionClosedError) as closed:
                talk.recv(60)
            late = whole.result()
        out, err = child.communicate(timeout=60)
    assert child.returncode == 0
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert closed.value.rcvd.code == 1012
    assert late.status_code == 503
    assert late.headers["content-type"] == "application/problem+json"
    assert err == ""
    records = [json.loads(line) for line in [*lines, *out.splitlines()]]
    stopped = {each["task"] for each in records if each["event"] == "background.stopped"}
    assert stopped == {each["task"] for each in records if each["event"] == "background.started"}
    assert [each for each in records if each["level"] == "error"] == []
    with process(**environment(database)) as (url, _, _), Visit(url) as visit:
        assert visit.last(turn)["status"] == "canceled"
        assert visit.get(f"{RUNS}/{started['run_id']}")["status"] == "canceled"
        names = [each["display_name"] for each in visit.get("/api/v1/conversations")["items"]]
        assert "Begun before" in names


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, tmp_path) -> Iterator[str]:
    with fresh(request.param, tmp_path) as url:
        yield url


def test_what_a_killed_process_left_running_is_failed_when_its_lease_is_over(database_url):
    with (
        process(**environment(database_url, AI_PACE="3600")) as (url, child, _),
        Visit(url) as visit,
        visit.stream("POST", "/api/v1/chat/stream", json=ASKED) as chat,
        visit.stream("POST", visit.workflow(), json=ASKED) as run,
    ):
        (_, turn), (_, started) = chat.next(), run.next()
        assert run.next()[0] == "lifecycle"
        child.kill()
        child.wait(60)
    with process(**environment(database_url, AI_LEASE="1")) as (url, _, _), Visit(url) as visit:
        where = f"{RUNS}/{started['run_id']}"
        assert any(visit.get(where)["status"] == "failed" for _ in range(20_000))
        assert any(visit.last(turn)["type"] == "final" for _ in range(20_000))
        assert visit.last(turn)["status"] == "failed"
