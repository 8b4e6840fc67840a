"""A TCP relay that counts requests and statuses, and alters no byte of either.

Both tools are counted by it, so that neither tool's own word is taken for what it sent.
"""

import asyncio
import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_REQUEST = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\S+)(?: HTTP/1\.[01]\r?\n|$)")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Seen:
    """One request on its way; ``status`` is 0 when the connection ended without an answer.

    ``at`` is when it ended, in seconds since 1970.
    """

    method: str
    path: str
    status: int
    at: float = field(default=0.0, compare=False)


@dataclass
class Relay:
    """What passed so far. ``cpu`` is the seconds the relay itself took, known at its end."""

    port: int
    seen: list[Seen] = field(default_factory=list)
    cpu: float = 0.0


class _Turns:
    """Whose turn it is on one connection: HTTP/1.1 clients here never pipeline."""

    def __init__(self, seen: list[Seen]) -> None:
        self.seen = seen
        self.request: tuple[str, str] | None = None

    def sent(self, data: bytes) -> None:
        # A body's later chunk is no new request, even when the service answered before it came.
        if self.request is None and (match := _REQUEST.match(data)):
            self.request = (match[1].decode(), match[2].decode("latin-1"))

    def received(self, data: bytes) -> None:
        if self.request is None or not (match := _STATUS.match(data)):
            return
        if (status := int(match[1])) >= 200 or status == 101:  # 100 and 103 precede the answer
            self.end(status)

    def end(self, status: int = 0) -> None:
        if self.request is not None:
            self.seen.append(Seen(*self.request, status, time.time()))
            self.request = None


async def _serve(relay: Relay, host: str, port: int, ready: threading.Event) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turns = _Turns(relay.seen)
        try:
            inward, outward = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        pumps = [
            asyncio.create_task(_pump(reader, outward, turns.sent)),
            asyncio.create_task(_pump(inward, writer, turns.received)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            turns.end()
            for pump in pumps:
                pump.cancel()
            outward.close()
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    ready.set()
    async with server:
        await server.serve_forever()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, note: Callable[[bytes], None]
) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            note(data)
            writer.write(data)
            await writer.drain()


@contextlib.contextmanager
def relaying(host: str, port: int) -> Iterator[Relay]:
    """A relay to ``host:port`` on a free port of loopback, in a thread of this process."""
    relay = Relay(port=0)
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    task: list[asyncio.Task[None]] = []

    def work() -> None:
        asyncio.set_event_loop(loop)
        task.append(loop.create_task(_serve(relay, host, port, ready)))
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task[0])
        rest = asyncio.all_tasks(loop)
        for each in rest:
            each.cancel()
        loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
        relay.cpu = time.thread_time()
        loop.close()

    thread = threading.Thread(target=work, name="relay", daemon=True)
    thread.start()
    if not ready.wait(10):
        message = "the relay did not start within 10 s"
        raise RuntimeError(message)
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(task[0].cancel)
        thread.join()
