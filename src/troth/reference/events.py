"""Server-sent events: how one is written, and a response that ends when its reader has gone."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from troth.reference.logs import log
from troth.reference.platform import Platform
from troth.reference.problems import DETAILS
from troth.reference.schemas.streams import BREAK, Fault, StreamBroken
from troth.reference.trace import trace_of
from troth.reference.unreachable import UNREACHABLE

MEDIA_TYPE = "text/event-stream"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_PARTING = 1.0
_DETAILS: dict[Fault, str] = {
    "unavailable": DETAILS[503],
    "shutting_down": "The service is restarting.",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `data` is text, JSON wherever the document says so, on any number of lines."""

    type: str
    data: str
    id: str | None = None

    def encode(self) -> bytes:
        """As it goes over the wire (HTML Living Standard, 9.2)."""
        lines = [] if self.id is None else [f"id: {self.id}"]
        lines.append(f"event: {self.type}")
        lines += [f"data: {line}" for line in self.data.split("\n")]
        return ("\n".join(lines) + "\n\n").encode()


PING = Event("ping", "{}")


class EventStream(StreamingResponse):
    """Events until there are no more, the reader goes, or it must break off; and that it does.

    With `heartbeat` it begins with a ping, and has one after so many seconds of silence. `ended` is
    called however it ends: a generator's own `finally` is not run where it was never begun.
    """

    def __init__(
        self,
        source: AsyncIterator[Event],
        *,
        heartbeat: float | None = None,
        ended: Callable[[], None] | None = None,
    ) -> None:
        pieces = _encoded(source) if heartbeat is None else _alive(source, heartbeat)
        super().__init__(pieces, media_type=MEDIA_TYPE, headers=_HEADERS)
        self._source = source
        self._pieces = pieces
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events, then let go."""
        stopping = cast("Platform", scope["app"].state.platform).stopping
        begun, whole = False, False

        async def out(message: Message) -> None:
            nonlocal begun, whole
            await send(message)
            begun = True
            whole = message["type"] == "http.response.body" and not message.get("more_body")

        try:
            fault = await self._told(scope, receive, out, stopping.begun)
            if begun and not whole and fault is not None:
                # A reader that is too slow even for this finds the connection closed.
                with anyio.move_on_after(_PARTING, shield=True):
                    last = _breaks_off(fault, trace_of(scope).correlation_id)
                    await out({"type": "http.response.body", "body": last.encode()})
        finally:
            # Shielded: the reader's going cancels what sends, and must not cancel this.
            with anyio.CancelScope(shield=True):
                await _close(self._pieces)
                await _close(self._source)
                await self._let_go()

    async def _let_go(self) -> None:
        if self._ended is None:
            return
        try:
            await run_in_threadpool(self._ended)
        except UNREACHABLE as error:
            # What was under way goes on saying so, until the sweep finds that its time is over.
            log(logging.WARNING, "stream.left", exc_info=error)

    async def _told(
        self, scope: Scope, receive: Receive, send: Send, stop: asyncio.Event
    ) -> Fault | None:
        """All events; why there can be no more, if that is so."""
        fault: Fault | None = None
        crash: Exception | None = None
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                nonlocal fault
                await stop.wait()
                fault = "shutting_down"
                group.cancel_scope.cancel()

            group.start_soon(watch)
            try:
                await super().__call__(scope, receive, send)
            except UNREACHABLE as error:
                fault = "unavailable"
                trace_of(scope).fault = type(error).__name__
            except Exception as error:  # noqa: BLE001 - raised below, outside the group, which would wrap it
                crash = error
            group.cancel_scope.cancel()
        if crash is not None:
            raise crash
        return fault


def respond(source: AsyncIterator[Event], *, heartbeat: float | None = None) -> EventStream:
    """A response of the events of `source`, which is closed when the reader goes."""
    return EventStream(source, heartbeat=heartbeat)


def _breaks_off(fault: Fault, correlation_id: str) -> Event:
    said = StreamBroken(code=fault, detail=_DETAILS[fault], correlation_id=correlation_id)
    return Event(BREAK, said.model_dump_json())


async def _encoded(source: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    try:
        async for event in source:
            yield event.encode()
    finally:
        await _close(source)


async def _alive(source: AsyncIterator[Event], heartbeat: float) -> AsyncIterator[bytes]:
    # The source is begun before the first ping: whoever has seen that misses nothing after it.
    waiting: asyncio.Task[Event] | None = asyncio.ensure_future(anext(source))
    try:
        await asyncio.sleep(0)
        yield PING.encode()
        while True:
            if waiting is None:
                waiting = asyncio.ensure_future(anext(source))
            done, _ = await asyncio.wait({waiting}, timeout=heartbeat)
            if not done:
                yield PING.encode()
                continue
            ended, waiting = waiting, None
            try:
                event = ended.result()
            except StopAsyncIteration:
                return
            yield event.encode()
    finally:
        if waiting is not None:
            waiting.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await waiting
        await _close(source)


async def _close(source: AsyncIterator[Any]) -> None:
    close = getattr(source, "aclose", None)
    if close is not None:
        await close()
