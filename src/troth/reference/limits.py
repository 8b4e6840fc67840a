"""So many requests a minute for each key, counted in this process or where all share it."""

import threading
import time
from dataclasses import dataclass
from typing import Protocol

WINDOW = 60


class UnreachableError(Exception):
    """The place where requests are counted cannot be reached."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of one key's window."""

    limit: int
    remaining: int
    reset: int
    exceeded: bool

    def headers(self) -> dict[str, str]:
        """The response headers that tell it."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class Counter(Protocol):
    """Counts a key's requests in a window."""

    def count(self, key: str, window: int) -> int:
        """Add one to `key` in window number `window`, and return the sum."""

    def ping(self) -> None:
        """Raise if the counter cannot be reached."""

    def close(self) -> None:
        """Let go of connections."""


class MemoryCounter:
    """Counts in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = -1
        self._counts: dict[str, int] = {}

    def count(self, key: str, window: int) -> int:
        """Add one; an older window is forgotten whole, so memory is bounded by one window."""
        with self._lock:
            if window > self._window:
                self._window, self._counts = window, {}
            self._counts[key] = self._counts.get(key, 0) + 1
            return self._counts[key]

    def ping(self) -> None:
        """Always there."""

    def close(self) -> None:
        """Nothing to let go of."""


class RateLimit:
    """A fixed window of one minute."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def take(self, key: str, limit: int) -> Quota:
        """Take one request of `key`'s minute."""
        now = time.time()
        window = int(now // WINDOW)
        used = self._counter.count(key, window)
        reset = max(1, int((window + 1) * WINDOW - now))
        return Quota(limit, max(0, limit - used), reset, exceeded=used > limit)

    def ping(self) -> None:
        """Raise if the counter cannot be reached."""
        self._counter.ping()

    def close(self) -> None:
        """Let go of connections."""
        self._counter.close()
