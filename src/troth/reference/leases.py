"""Leases: so many at once of a kind, each given back, or lost when its time is over."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import uuid4

from troth.reference.limits import UnreachableError

_ASKED_AGAIN = 0.01


class Leases(Protocol):
    """Hands out at most so many leases of a key at once."""

    def take(self, key: str, most: int, ttl: float) -> str | None:
        """A lease of `key` for `ttl` seconds, or None if `most` are out."""

    def release(self, key: str, lease: str) -> None:
        """Give it back; one that has run out is no matter."""

    def close(self) -> None:
        """Let go of connections."""


class MemoryLeases:
    """Leases of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._out: dict[str, dict[str, float]] = {}

    def take(self, key: str, most: int, ttl: float) -> str | None:
        """A lease of `key`, or None."""
        moment = time.monotonic()
        with self._lock:
            live = {each: end for each, end in self._out.get(key, {}).items() if end > moment}
            lease = uuid4().hex if len(live) < most else None
            if lease is not None:
                live[lease] = moment + ttl
            self._out[key] = live
            return lease

    def release(self, key: str, lease: str) -> None:
        """Give it back."""
        with self._lock:
            out = self._out.get(key, {})
            out.pop(lease, None)
            if not out:
                self._out.pop(key, None)

    def close(self) -> None:
        """Nothing to let go of."""


@contextmanager
def locked(leases: Leases, key: str, *, wait: float = 5.0, ttl: float = 30.0) -> Iterator[None]:
    """Alone with `key`, in all processes that share the leases.

    Raises UnreachableError when it could not be had within `wait` seconds. A holder that died
    loses it after `ttl` seconds.
    """
    deadline = time.monotonic() + wait
    lease = leases.take(f"lock:{key}", 1, ttl)
    while lease is None:
        if time.monotonic() > deadline:
            raise UnreachableError(f"the lock of {key.partition(':')[0]} was not free in time")
        time.sleep(_ASKED_AGAIN)
        lease = leases.take(f"lock:{key}", 1, ttl)
    try:
        yield
    finally:
        leases.release(f"lock:{key}", lease)
