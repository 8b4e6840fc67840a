"""The end of the service: who waits is told of it, who serves gets so long to finish."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio

GRACE = 3.0
"""Seconds for which requests that are under way may go on."""


@dataclass(slots=True)
class Stopping:
    """Whether the service stops, and what is under way then. Of one event loop."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    _deadline: float = math.inf
    _going_on: set[anyio.CancelScope] = field(default_factory=set)

    def begin(self) -> None:
        """From now on the service stops."""
        self._deadline = anyio.current_time() + GRACE
        for scope in self._going_on:
            scope.deadline = self._deadline
        self.begun.set()

    @contextmanager
    def bounded(self) -> Iterator[anyio.CancelScope]:
        """Cancels the block when the service stops and the time that was left is over."""
        with anyio.CancelScope(deadline=self._deadline) as scope:
            self._going_on.add(scope)
            try:
                yield scope
            finally:
                self._going_on.discard(scope)
