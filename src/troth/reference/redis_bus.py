"""A bus through Redis: every process tells the others, and one thread of each listens."""

import asyncio
import json
import logging
import threading
import time

import redis

from troth.reference.bus import MemoryBus, Message
from troth.reference.limits import UnreachableError
from troth.reference.logs import log
from troth.reference.redis_connection import connect, reaching

_LOOK = 0.5
"""Seconds for which the thread listens before it looks whether it shall end."""


class RedisBus:
    """Publishes in Redis; what comes from there goes to the listeners of this process.

    When Redis falls silent or away, all who listen are told that they miss something; the thread
    goes on asking for it, and hears again when it is back.
    """

    def __init__(self, client: "redis.Redis", url: str, prefix: str, patience: float) -> None:
        self._client = client
        # A connection that fails is no matter of a second try: what was said is lost.
        self._own = connect(url, patience, again=0)
        self._patience = patience
        self._prefix = f"{prefix}:bus:"
        self._local = MemoryBus()
        self._lock = threading.Lock()
        self._hearing = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen, in a thread of its own."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="bus", daemon=True)
                self._thread.start()

    async def ready(self) -> None:
        """Wait until Redis is heard; UnreachableError if it is not."""
        self.start()
        if self._hearing.is_set():
            return
        # The thread may have asked the very moment before Redis came back: twice, then.
        if not await asyncio.to_thread(self._hearing.wait, 2 * (self._patience + _LOOK)):
            raise UnreachableError("nothing is heard of Redis")

    def publish(self, topic: str, message: Message) -> None:
        """Tell the listeners of all processes."""
        with reaching():
            self._client.publish(self._prefix + topic, json.dumps(message))

    def subscribe(self, topic: str) -> asyncio.Queue[Message]:
        """Listen from now on; see `ready`."""
        return self._local.subscribe(topic)

    def unsubscribe(self, topic: str, queue: asyncio.Queue[Message]) -> None:
        """Listen no more."""
        self._local.unsubscribe(topic, queue)

    def close(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread is not None:
            # It may be in the middle of connecting, which has its own time limits.
            self._thread.join(_LOOK + 3 * self._patience)
        self._own.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._listen()
            except redis.RedisError as error:
                log(logging.WARNING, "bus.interrupted", fault=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - said, and tried anew: nobody else listens
                log(logging.ERROR, "bus.failed", exc_info=error)
            if self._hearing.is_set():
                self._hearing.clear()
                self._local.interrupt()
            self._ended.wait(_LOOK)

    def _listen(self) -> None:
        """Until the end, or until Redis fails."""
        with self._own.pubsub() as heard:  # type: ignore[no-untyped-call]
            heard.psubscribe(self._prefix + "*")
            last = time.monotonic()
            while not self._ended.is_set():
                found = heard.get_message(timeout=_LOOK)
                if found is not None:
                    last = time.monotonic()
                    self._heard(found)
                    continue
                # Silence may be peace, or the connection is dead: an answer tells.
                if time.monotonic() - last > _LOOK + self._patience:
                    raise redis.TimeoutError("Redis has fallen silent")
                heard.ping()

    def _heard(self, found: Message) -> None:
        if found["type"] == "psubscribe":
            self._hearing.set()
        elif found["type"] == "pmessage":
            topic = found["channel"].decode().removeprefix(self._prefix)
            self._local.publish(topic, json.loads(found["data"]))
