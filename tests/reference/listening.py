"""Listens to an event stream as a client does: over a socket, frame by frame."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx

from tests.reference.live import Live, settings
from troth.reference.app import create_app


class Heard:
    """The frames of one stream, as they come."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def next(self) -> tuple[str, dict[str, Any]]:
        """The type and the data of the next event."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line:
                return fields["event"], json.loads(fields["data"])
            name, _, value = line.partition(": ")
            fields[name] = value
        raise EOFError

    def rest(self) -> list[tuple[str, dict[str, Any]]]:
        """All events that are still to come."""
        found = []
        while True:
            try:
                found.append(self.next())
            except EOFError:
                return found


@contextmanager
def listening(live: Live, who: str, path: str, body: dict[str, object]) -> Iterator[Heard]:
    """A stream of `who`; its connection is closed when the block ends."""
    with (
        httpx.Client(base_url=live.url, timeout=30) as client,
        client.stream("POST", path, json=body, headers=live.auth(who)) as answer,
    ):
        yield Heard(answer)


def frames(text: str) -> list[tuple[str, str]]:
    """The type and the data of each event of a whole stream."""
    blocks = [block for block in text.split("\n\n") if block]
    fields = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    return [(each["event"], each["data"]) for each in fields]


@cache
def _orders() -> dict[str, str]:
    """What the document says of each event stream, by operationId."""
    app = create_app(settings(seed=False))
    try:
        paths = app.openapi()["paths"]
    finally:
        app.state.platform.close()
    orders = {}
    for operation in (each for item in paths.values() for each in item.values()):
        content = operation.get("responses", {}).get("200", {}).get("content", {})
        stream = content.get("text/event-stream", {})
        if "x-event-order" in stream:
            orders[operation["operationId"]] = stream["x-event-order"]
    return orders


def in_order(operation: str, kinds: list[str]) -> bool:
    """Whether events of these types come as the document says of that operation."""
    order = _orders()[operation]
    pattern = re.sub(r"[a-z.]+", lambda name: f"(?:{re.escape(name[0])};)", order)
    return bool(re.fullmatch(pattern.replace(" ", ""), "".join(f"{kind};" for kind in kinds)))


def granted(ask, most: int = 2000):
    """The first answer of `ask` that is not 429."""
    for _ in range(most):
        answer = ask()
        if answer.status_code != 429:
            return answer
    raise AssertionError("the lease was never given back")
