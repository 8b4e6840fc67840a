"""What tests of agent sessions share: reading a stream, and an agent that waits to be let go."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Self

from tests.reference.live import KEYS, Live
from troth.reference.domain.agent_turns import Piece, Step, Turn
from troth.reference.schemas.agent_events import ORDER

S = "/api/v1/sessions"
Q = "/api/v1/query"
Happening = tuple[str, dict[str, Any]]


def happenings(lines: Iterable[str]) -> Iterator[Happening]:
    """Type and data of each event."""
    kind = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


def asked(live: Live, who: str = "alice", path: str = Q, **body: Any) -> list[Happening]:
    """The events of one turn, which are in their order."""
    answer = live.ask(who, "POST", path, json={"prompt": "Hello", **body})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = list(happenings(answer.text.splitlines()))
    assert_order(found)
    return found


def assert_order(found: list[Happening]) -> None:
    order = re.sub("[a-z]+", lambda name: f"(?:{name[0]} )", ORDER.replace(" ", ""))
    assert re.fullmatch(order, "".join(f"{kind} " for kind, _ in found)), found
    assert len({data["session_id"] for _, data in found}) == 1


def single(live: Live, who: str = "alice", **body: Any) -> dict[str, Any]:
    """The outcome of one turn in a new session."""
    answer = live.ask(who, "POST", f"{Q}/single", json={"prompt": "Hello", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def session(live: Live, id_: str, who: str = "alice") -> dict[str, Any]:
    answer = live.ask(who, "GET", f"{S}/{id_}")
    assert answer.status_code == 200, answer.text
    return answer.json()


class Gated:
    """An agent that says a piece, and the next when it is let go."""

    def __init__(self) -> None:
        self.inside = threading.Event()
        self.left = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._gate = asyncio.Event()

    async def take(self, turn: Turn) -> AsyncIterator[Step]:
        self._loop = asyncio.get_running_loop()
        try:
            yield Piece("one ")
            self.inside.set()
            await self._gate.wait()
            yield Piece("two")
        finally:
            self.left.set()

    def go(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._gate.set)


class Begun:
    """A turn that is under way, read until its first piece."""

    def __init__(self, live: Live, path: str = Q, who: str = "alice") -> None:
        self.agent = Gated()
        live.app.state.agent_turns = self.agent
        headers = {"X-API-Key": KEYS[who]}
        self._stream = live.client.stream("POST", path, json={"prompt": "Go"}, headers=headers)
        self.live = live

    def __enter__(self) -> Self:
        self.response = self._stream.__enter__()
        assert self.response.status_code == 200
        self.coming = happenings(self.response.iter_lines())
        self.seen = [next(self.coming), next(self.coming)]
        self.id = self.seen[0][1]["session_id"]
        self.agent.inside.wait()
        del self.live.app.state.agent_turns
        return self

    def rest(self) -> list[Happening]:
        """All that comes, and came."""
        self.seen += self.coming
        assert_order(self.seen)
        return self.seen

    def __exit__(self, *error: object) -> None:
        self._stream.__exit__(*error)  # type: ignore[arg-type]
