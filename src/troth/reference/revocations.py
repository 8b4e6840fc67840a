"""Which tokens and sessions have been revoked: known at once to all processes that share it."""

import threading
import time
from typing import Protocol


class Revocations(Protocol):
    """Remembers an id for as long as a token that names it could still be valid."""

    def add(self, id_: str, ttl: float) -> None:
        """Revoke `id_`, a session's or a token's, for `ttl` seconds."""

    def has(self, id_: str) -> bool:
        """Whether `id_` has been revoked."""

    def close(self) -> None:
        """Let go of connections."""


class MemoryRevocations:
    """Revocations of this process; the database has them too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def add(self, id_: str, ttl: float) -> None:
        """Revoke `id_`; what has run out is forgotten."""
        moment = time.monotonic()
        with self._lock:
            self._until = {each: end for each, end in self._until.items() if end > moment}
            self._until[id_] = moment + ttl

    def has(self, id_: str) -> bool:
        """Whether `id_` has been revoked."""
        with self._lock:
            return self._until.get(id_, 0.0) > time.monotonic()

    def close(self) -> None:
        """Nothing to let go of."""
