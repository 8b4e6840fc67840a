"""One recorder: every request of every suite gets a number, a gate and a place in the history."""

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from troth.case import Script
from troth.exchange import Breakage, Exchange, History, Request
from troth.transport.exclude import Exclusion
from troth.transport.http import Bounds, Outcome, Wire
from troth.transport.request import UnsendableRequest, origin, prepare, split
from troth.transport.websocket import converse

Sink = Callable[[Exchange], None]

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OVERRIDES: Final = frozenset(
    {"x-http-method-override", "x-http-method", "x-method-override", "x-original-method"}
)
_PROBE: Final = 0.5  # seconds to see whether a target that was down is back


class NotSent(Exception):
    """A request that was held back. The message has the reason and the remedy."""


class Recorder:
    """Sends to one target, and to nothing else; safe to share between threads.

    ``sinks`` are called with each exchange, in their order and one exchange at a time; an
    exception of theirs is the caller's. ``tail`` is how many exchanges ``recent`` keeps.
    """

    def __init__(
        self,
        wire: Wire,
        base_url: str,
        *,
        sinks: Iterable[Sink] = (),
        writes: bool = False,
        exclude: Iterable[Exclusion] = (),
        timeout: float = 10.0,
        bounds: Bounds | None = None,
        tail: int = 200,
    ) -> None:
        self._wire = wire
        self._base_url = base_url
        self._origin = origin(base_url)
        self._sinks = list(sinks)
        self._writes = writes
        self._exclude = tuple(exclude)
        self._timeout = timeout
        self._bounds = bounds or Bounds()
        self._recent: deque[Exchange] = deque(maxlen=tail)
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._narrow: dict[str | None, Bounds] = {}
        self._count = 0
        self._answered: Exchange | None = None
        self._down: str | None = None

    @property
    def count(self) -> int:
        """How many exchanges there were."""
        return self._count

    @property
    def recent(self) -> History:
        """The latest exchanges, in the order in which they ended."""
        with self._lock:
            return tuple(self._recent)

    @property
    def down(self) -> str | None:
        """What was going on when the target went away, or None while it accepts connections."""
        return self._down

    @property
    def spoken(self) -> str:
        """The version of HTTP of the last answer; empty before the first."""
        return self._wire.spoken

    def leave_out(self, exclude: Iterable[Exclusion]) -> None:
        """Holds these back from now on: which they are, the document says."""
        self._exclude = (*self._exclude, *exclude)

    def narrow(self, operation: str, *, events: int, idle: float | None = None) -> None:
        """Reads streams of ``operation`` from now on for so many events, and so long, only."""
        old = self._bounds
        kept = old.idle if idle is None else min(idle, old.idle)
        self._narrow[operation] = replace(old, events=events, idle=kept)

    @contextmanager
    def listening(
        self,
        operation: str,
        *,
        events: int | None = None,
        idle: float | None = None,
        heard: Callable[[bytes], None] | None = None,
    ) -> Iterator[None]:
        """Within it, streams of ``operation`` are read for so many events, each waited for so
        long, whatever they were narrowed to; ``heard`` is told of what comes.
        """
        before, old = self._narrow.get(operation), self._bounds
        self._narrow[operation] = replace(
            old,
            events=old.events if events is None else events,
            awaited=old.events if events is None else events,
            idle=old.idle if idle is None else idle,
            heard=heard,
        )
        try:
            yield
        finally:
            if before is None:
                self._narrow.pop(operation, None)
            else:
                self._narrow[operation] = before

    def subscribe(self, sink: Sink) -> None:
        """Calls ``sink`` from now on, after those that are there."""
        with self._lock:
            self._sinks.append(sink)

    def send(
        self,
        request: Request,
        *,
        principal: str,
        operation: str | None,
        purpose: str = "",
        timeout: float | None = None,
        bounds: Bounds | None = None,
        first: Sink | None = None,
        sources: tuple[str, ...] = (),
        script: Script | None = None,
        ready: Callable[[], None] | None = None,
    ) -> Exchange:
        """Sends ``request`` and records the exchange, whose request is as it went out.

        With a ``script`` it is the handshake of a WebSocket, and that follows it. ``ready`` is
        called when a connection of its own stands, before anything is sent.

        ``first`` sees the exchange before the sinks do: who logs in learns its secrets there.
        While the target is down this costs one quick attempt to connect. Raises NotSent, and
        UnsendableRequest; neither is an exchange.
        """
        __tracebackhide__ = True  # pytest shows arguments, and these hold credentials
        exchange = self.number(
            request,
            principal=principal,
            operation=operation,
            purpose=purpose,
            sources=sources,
            script=script,
        )
        exchange, outcome = self.attempt(
            exchange, timeout=timeout, bounds=bounds, script=script, ready=ready
        )
        return self.keep(exchange, outcome, first=first, script=script)

    def number(
        self,
        request: Request,
        *,
        principal: str,
        operation: str | None,
        purpose: str = "",
        sources: tuple[str, ...] = (),
        script: Script | None = None,
    ) -> Exchange:
        """The exchange that ``request`` is going to be: it may be sent, and has its number.

        Raises NotSent and UnsendableRequest.
        """
        __tracebackhide__ = True  # pytest shows arguments, and these hold credentials
        request = prepare(request)
        self._gate(request, script)
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            number = next(self._numbers)
        return Exchange(
            number,
            principal,
            operation,
            request,
            purpose=purpose,
            started=started,
            sources=sources,
        )

    def keep(
        self,
        exchange: Exchange,
        outcome: Outcome,
        *,
        first: Sink | None = None,
        script: Script | None = None,
    ) -> Exchange:
        """The exchange with what came of it, recorded and shown to the sinks."""
        exchange = replace(
            exchange,
            frames=outcome.frames if script is not None else None,
            response=outcome.response,
            breakage=outcome.breakage,
            detail=outcome.detail,
        )
        self._watch(exchange)
        with self._lock:
            self._count += 1
            self._recent.append(exchange)
            if first is not None:
                first(exchange)
            for sink in self._sinks:
                sink(exchange)
        return exchange

    def attempt(
        self,
        exchange: Exchange,
        *,
        timeout: float | None = None,
        bounds: Bounds | None = None,
        script: Script | None = None,
        ready: Callable[[], None] | None = None,
    ) -> tuple[Exchange, Outcome]:
        """Sends the request of a numbered exchange, from any thread, and records nothing.

        The exchange comes back with its request as it went out.
        """
        __tracebackhide__ = True  # pytest shows arguments, and these hold credentials
        down = self._down
        if down is not None:
            if not self._wire.alive(self._base_url, timeout=_PROBE):
                detail = f"the target is down: {down}"
                return exchange, Outcome(breakage=Breakage.UNREACHABLE, detail=detail)
            self._down = None
        request = exchange.request
        timeout = self._timeout if timeout is None else timeout
        bounds = bounds or self._narrow.get(exchange.operation, self._bounds)
        if script is not None:
            request, outcome = converse(
                request,
                script,
                timeout=timeout,
                bounds=bounds,
                tls=self._wire.tls,
                unix=self._wire.unix,
            )
            return replace(exchange, request=request), outcome
        return exchange, self._wire.send(request, timeout=timeout, bounds=bounds, ready=ready)

    def _watch(self, exchange: Exchange) -> None:
        if exchange.response is not None:
            self._answered = exchange
            return
        if self._down is not None or exchange.breakage is Breakage.GARBAGE:
            return
        if self._wire.alive(self._base_url, timeout=_PROBE):
            return
        if exchange.breakage is Breakage.UNREACHABLE:
            last = self._answered
            self._down = f"last answer: {_named(last)}" if last else "it never answered"
        else:
            self._down = f"it went away with {_named(exchange)}"

    def _gate(self, request: Request, script: Script | None) -> None:
        __tracebackhide__ = True  # pytest shows arguments, and these hold credentials
        place = origin(request.url)
        if place != self._origin:
            raise NotSent(
                f"{request.method} to {place} was not sent: the target is {self._origin}, and "
                "troth sends to nothing else; set `[target] base-url` to test another host"
            )
        for exclusion in self._exclude:
            if exclusion.covers(request, socket=script is not None):
                raise NotSent(
                    f"{exclusion.label} was not sent: it is excluded; "
                    "take it out of `[target] exclude` to test it"
                )
        says = script is not None and script.send  # what a frame does is the service's to know
        if not self._writes and not place.loopback and (says or not _reads(request)):
            raise NotSent(
                f"{request.method} {_path(request)} was not sent: {place.host} is not this "
                "machine, and writes there need `[target] writes = true`"
            )


def _reads(request: Request) -> bool:
    # Method overrides make a write of a GET on many frameworks.
    if any(name.lower() in _OVERRIDES for name, _ in request.headers):
        return False
    query = split(request.url)[2].partition("?")[2]
    overridden = any(name == "_method" for name, _ in parse_qsl(query, errors="replace"))
    return request.method in _READS and not overridden


def _path(request: Request) -> str:
    return split(request.url)[2].partition("?")[0]  # a query may carry a key


def _named(exchange: Exchange) -> str:
    label = exchange.operation or f"{exchange.request.method} {_path(exchange.request)}"
    return f"exchange {exchange.number} ({label})"


__all__ = ["NotSent", "Recorder", "Sink", "UnsendableRequest"]
