"""Tells whoever listens, in this process or in all that share one Redis."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from troth.reference.limits import UnreachableError

Message = dict[str, Any]
_MOST = 1000
MISSED: Message = {}
"""What listeners are told when messages may have been lost on their way."""


class Bus(Protocol):
    """Topics, and who listens to them. A message that nobody listens to is gone."""

    def publish(self, topic: str, message: Message) -> None:
        """Tell all who listen to `topic`; may be called from any thread."""

    def start(self) -> None:
        """Begin to hear what others say."""

    async def ready(self) -> None:
        """Wait until it is heard; UnreachableError if it is not."""

    def subscribe(self, topic: str) -> "asyncio.Queue[Message]":
        """Listen from now on; see `listening`."""

    def unsubscribe(self, topic: str, queue: "asyncio.Queue[Message]") -> None:
        """Listen no more."""

    def close(self) -> None:
        """Let go of connections."""


class MemoryBus:
    """Tells listeners of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, dict[asyncio.Queue[Message], asyncio.AbstractEventLoop]] = {}

    def start(self) -> None:
        """There is nobody else."""

    async def ready(self) -> None:
        """Always."""

    def publish(self, topic: str, message: Message) -> None:
        """Tell all who listen to `topic`; one that is too slow misses what does not fit."""
        with self._lock:
            listeners = dict(self._listeners.get(topic, {}))
        _tell(listeners, message)

    def interrupt(self) -> None:
        """Tell all listeners that they may have missed something."""
        with self._lock:
            listeners = {k: v for each in self._listeners.values() for k, v in each.items()}
        _tell(listeners, MISSED)

    def subscribe(self, topic: str) -> asyncio.Queue[Message]:
        """Listen from now on."""
        queue: asyncio.Queue[Message] = asyncio.Queue(_MOST)
        with self._lock:
            self._listeners.setdefault(topic, {})[queue] = asyncio.get_running_loop()
        return queue

    def unsubscribe(self, topic: str, queue: asyncio.Queue[Message]) -> None:
        """Listen no more."""
        with self._lock:
            known = self._listeners.get(topic, {})
            known.pop(queue, None)
            if not known:
                self._listeners.pop(topic, None)

    def close(self) -> None:
        """Nothing to let go of."""


def _tell(
    listeners: dict[asyncio.Queue[Message], asyncio.AbstractEventLoop], message: Message
) -> None:
    for queue, loop in listeners.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(offer, queue, message)


def offer(queue: asyncio.Queue[Message], message: Message) -> None:
    """Put `message` unless the queue is full."""
    if not queue.full():
        queue.put_nowait(message)


@asynccontextmanager
async def listening(bus: Bus, topic: str) -> AsyncIterator[asyncio.Queue[Message]]:
    """The messages of `topic` while the block lasts; UnreachableError if none can be heard."""
    await bus.ready()
    queue = bus.subscribe(topic)
    try:
        yield queue
    finally:
        bus.unsubscribe(topic, queue)


async def heard(queue: "asyncio.Queue[Message]") -> Message:
    """The next message; UnreachableError if some before it may have been lost."""
    message = await queue.get()
    if message is MISSED:
        raise UnreachableError("messages may have been lost")
    return message
