"""PostgreSQL or Redis away: the documented 503, no crash, no hanging; afterwards all is well."""

import asyncio
import json
import threading
import uuid
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
import redis
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.reference.databases import fresh
from tests.reference.forwarder import Forwarder, forwarding
from tests.reference.listening import Heard, granted, listening
from tests.reference.live import EMAILS, KEYS, PASSWORDS, Live, running, settings
from tests.reference.test_envelope import assert_problem
from troth.reference.domain.agent_turns import Piece, Step, Turn

CHAT = "/api/v1/chat"
ASKED = {"message": "How did the quarter go?"}
NAMED = {"postgres": "The database", "redis": "Redis"}
BROKEN = ("stream.error", "unavailable")


@dataclass
class World:
    """A service with both of its dependencies behind forwarders."""

    live: Live
    ways: dict[str, Forwarder]

    @contextmanager
    def without(self, which: str, how: str) -> Iterator[None]:
        """The dependency is cut off or silent for the time of the block."""
        way = self.ways[which]
        way.cut() if how == "cut" else way.silence()
        try:
            yield
        finally:
            way.restore()

    def metric(self, name: str) -> float:
        """What /metrics says."""
        lines = self.live.client.get("/metrics").text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(name))


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    prefix = f"troth-outage-{uuid.uuid4().hex}"
    try:
        with (
            fresh("postgres", tmp_path_factory.mktemp("db")) as url,
            forwarding("127.0.0.1", 5432) as database,
            forwarding("127.0.0.1", 6379) as cache,
        ):
            given = settings(
                database_url=url.replace(":5432/", f":{database.port}/"),
                redis_url=f"redis://127.0.0.1:{cache.port}/0",
                redis_prefix=prefix,
                database_patience=3,
                redis_patience=2,
                orphan_interval=0.2,
                ai_pace=0.2,
                ai_lease=6,
                agent_lease=6,
                chat_concurrency=2,
            )
            # A kept connection may end by itself, its time over, while a test waits for something.
            alone = httpx.Limits(max_keepalive_connections=0)
            with running(given) as live, httpx.Client(timeout=60, limits=alone) as client:
                client.base_url = httpx.URL(live.url)
                live.client = client
                yield World(live, {"postgres": database, "redis": cache})
    finally:
        with redis.Redis.from_url("redis://127.0.0.1:6379/0") as client:
            for key in client.scan_iter(f"{prefix}:*"):
                client.delete(key)


@pytest.fixture(params=["postgres", "redis"])
def which(request) -> str:
    return request.param


@pytest.fixture(params=["cut", "silent"])
def how(request) -> str:
    return request.param


def operations(live: Live) -> list[tuple[str, str, dict[str, object]]]:
    paths = live.client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path, stated)
        for path, item in paths.items()
        for method, stated in item.items()
        if not method.startswith("x-")
    ]


def login(live: Live) -> httpx.Response:
    body = {"email": EMAILS["alice"], "password": PASSWORDS["alice"]}
    return live.client.post("/api/v1/auth/token", json=body)


def filled(path: str) -> str:
    return "/".join(str(uuid.uuid4()) if each[:1] == "{" else each for each in path.split("/"))


def test_each_operation_that_needs_it_answers_503_and_afterwards_all_is_well(world, which, how):
    live, auth = world.live, world.live.auth("alice")
    every = operations(live)
    # Of what is admitted alike, a sample is enough.
    asked = [each for each in every if each[2]["security"]][:: 3 if how == "cut" else 6]
    public = [each for each in every if not each[2]["security"]]
    assert len(asked) > 20
    assert len(public) > 20

    def ask(each):
        method, path, stated = each
        headers = auth | {"X-API-Key": KEYS["alice"]}
        return stated, live.client.request(method, filled(path), headers=headers)

    with world.without(which, how), ThreadPoolExecutor(16) as pool:
        refused = list(pool.map(ask, asked))
        others = list(pool.map(ask, public))
        entering = login(live)
        ready = live.client.get("/health/ready")
        assert live.client.get("/health").status_code == 200
    for stated, answer in refused:
        assert answer.status_code == 503, (stated["operationId"], answer.text)
        assert_problem(answer, 503)
        assert answer.headers["retry-after"] == "1"
        assert "503" in stated["responses"], stated["operationId"]
    for stated, answer in others:
        assert str(answer.status_code) in stated["responses"], (stated["operationId"], answer.text)
        assert answer.status_code != 500
    assert_problem(entering, 503)
    assert_problem(ready, 503)
    assert ready.json()["detail"] == f"{NAMED[which]} cannot be reached."
    # No restart, no second try.
    assert live.client.get("/health/ready").status_code == 200
    assert login(live).status_code == 200
    for _ in range(3):
        assert live.call("alice", "GET", "/api/v1/auth/me").status_code == 200
        assert live.ask("alice", "GET", "/api/v1/sessions").status_code == 200
        assert live.talk("alice")


def broken(told: list[tuple[str, dict[str, object]]]) -> None:
    kind, data = told[-1]
    assert (kind, data["code"]) == BROKEN
    assert set(data) == {"code", "detail", "correlation_id"}


def test_a_turn_under_way_tells_that_it_breaks_off_and_fails_for_good(world, how):
    live = world.live
    with listening(live, "alice", f"{CHAT}/stream", ASKED) as heard:
        _, begun = heard.next()
        assert heard.next()[0] == "message.delta"
        with world.without("postgres", how):
            told = heard.rest()
    broken(told)
    where = f"/api/v1/conversations/{begun['conversation_id']}/ledger/events"

    def kept():
        return live.call("alice", "GET", where).json()["items"]

    last = next(each for _ in range(20_000) if (each := kept()[-1])["type"] == "final")
    assert last["status"] in ("canceled", "failed")
    sequences = [each["sequence"] for each in kept()]
    assert sequences == list(range(1, len(sequences) + 1))
    # Nothing is held any more: as many as ever may talk at once.
    streams = [granted(lambda: live.call("alice", "POST", CHAT, json=ASKED)) for _ in range(2)]
    assert [each.status_code for each in streams] == [200, 200]


def test_a_workflow_under_way_tells_that_it_breaks_off(world, how):
    live, path = world.live, "/api/v1/workflows/summarize/run-stream"
    known = live.call("alice", "GET", "/api/v1/workflows").json()["items"]
    path = f"/api/v1/workflows/{known[0]['key']}/run-stream"
    with listening(live, "alice", path, ASKED) as heard:
        _, begun = heard.next()
        while heard.next()[0] != "message.delta":
            pass
        with world.without("postgres", how):
            told = heard.rest()
    broken(told)
    where = f"/api/v1/workflows/runs/{begun['run_id']}"
    ended = ("failed", "canceled")
    assert any(live.call("alice", "GET", where).json()["status"] in ended for _ in range(20_000))


@contextmanager
def activity(live: Live) -> Iterator[Heard]:
    with (
        httpx.Client(base_url=live.url, timeout=60) as client,
        client.stream("GET", "/api/v1/activity/stream", headers=live.auth("alice")) as answer,
    ):
        yield Heard(answer)


def test_who_listens_is_told_that_something_may_be_missed(world, how):
    with activity(world.live) as heard:
        assert heard.next()[0] == "ping"
        with world.without("redis", how):
            broken(heard.rest())
    for _ in range(1000):
        with activity(world.live) as heard:
            if heard.answer.status_code == 200:
                assert heard.next()[0] == "ping"
                break
    else:
        pytest.fail("nobody listens any more")


class Halting:
    """An agent that says something, and goes on when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()

    async def take(self, turn: Turn) -> AsyncGenerator[Step]:
        yield Piece("Well, ")
        await asyncio.to_thread(self.let.wait, 60)
        yield Piece("that is so.")


def test_a_turn_of_an_agent_ends_with_an_error_of_its_own(world, which, how):
    live, agent = world.live, Halting()
    live.app.state.agent_turns = agent
    try:
        with (
            httpx.Client(base_url=live.url, timeout=60, headers={"X-API-Key": KEYS["alice"]}) as to,
            to.stream("POST", "/api/v1/query", json={"prompt": "Begin"}) as answer,
        ):
            heard = Heard(answer)
            session = heard.next()[1]["session_id"]
            assert heard.next()[0] == "partial"
            with world.without(which, how):
                agent.let.set()
                told = heard.rest()
    finally:
        del live.app.state.agent_turns
    kinds = [kind for kind, _ in told]
    if which == "postgres":
        assert kinds == ["partial", "error", "done"]
        assert told[1][1]["code"] == "unavailable"
    else:  # nothing that a turn needs while it runs
        assert kinds == ["partial", "result", "done"]
    where = f"/api/v1/sessions/{session}/resume"
    again = granted(lambda: live.ask("alice", "POST", where, json={"prompt": "Go on"}))
    assert "event: result" in again.text, again.text


def test_a_socket_survives_what_it_cannot_do(world, which, how):
    live = world.live
    host, port = live.address
    url = f"ws://{host}:{port}/api/v1/query/ws"
    headers = {"X-API-Key": KEYS["alice"]}
    frame = json.dumps({"type": "query", "prompt": "Hello"})
    with connect(url, additional_headers=headers, proxy=None) as socket:
        with world.without(which, how):
            socket.send(frame)
            refused = json.loads(socket.recv(60))
            with pytest.raises(InvalidStatus) as turned_away:
                connect(url, additional_headers=headers, proxy=None, open_timeout=60)
        assert (refused["type"], refused["data"]["code"]) == ("error", "unavailable")
        assert turned_away.value.response.status_code == 503
        kinds = []
        socket.send(frame)
        while not kinds or kinds[-1] not in ("done", "error"):
            kinds.append(json.loads(socket.recv(60))["type"])
        assert kinds[-1] == "done"
        socket.close()
    assert socket.close_code == 1000


def test_background_tasks_go_on_afterwards(world, which, how):
    failures = 'troth_background_failures_total{task="orphans"}'
    rounds = 'troth_background_rounds_total{task="orphans"}'
    before = world.metric(failures)
    with world.without(which, how):
        assert any(world.metric(failures) > before for _ in range(20_000))
    assert world.metric('troth_background_running{task="orphans"}') == 1

    def healthy() -> bool:
        """Two rounds of which none failed."""
        failed, done = world.metric(failures), world.metric(rounds)
        while world.metric(rounds) < done + 2:
            pass
        return world.metric(failures) == failed

    assert any(healthy() for _ in range(100))
