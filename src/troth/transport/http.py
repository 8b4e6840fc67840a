"""Sends one request and says plainly what came back, whatever the peer does.

On HTTP/1.1 itself (h11) instead of a client library: a target's URLs must go out byte for byte
(clients resolve dot segments), one deadline must hold for head and body together (clients count
each read), and nothing may be followed, retried, remembered or logged.

**Which connection.** Only safe methods (RFC 9110 section 9.2.1) travel on a kept-alive
connection. When that one is closed or reset before a byte of the response came, the cause is the
exchange before it, or the server's patience; the request is sent once more, on a fresh
connection, and `Outcome.detail` says so. Everything that may change state gets a fresh
connection, so that a drop is its own doing and nothing but a read is ever sent twice (section
9.2.2, and RFC 9112 section 9.3.1). After a 5xx the connection is closed: servers drop it without
saying so. A fresh connection that is dropped is reported, never retried.
"""

import os
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Final, Self

import h11

from troth.exchange import Breakage, Headers, Request, Response
from troth.transport import bounded
from troth.transport.bounded import Body, Bounds
from troth.transport.connection import Connection, Ended, Garbage
from troth.transport.request import Origin, UnsendableRequest, encode, origin, prepare

__all__ = ["SENT_AGAIN", "Bounds", "Outcome", "UnsendableRequest", "Wire"]

SENT_AGAIN: Final = "sent again: the kept-alive connection had been closed"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_KEPT: Final = 4  # idle connections per origin
_EXPIRY: Final = 3.0  # seconds; uvicorn and Node close theirs after 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """A response, or a breakage. ``detail`` is plain words without any value that was sent."""

    response: Response | None = None
    breakage: Breakage | None = None
    detail: str = ""


class Wire:
    """Sends requests; safe to share between threads. Close it, or use it with ``with``."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._idle: dict[Origin, list[Connection]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes what is idle."""
        with self._lock:
            kept = [each for pool in self._idle.values() for each in pool]
            self._idle.clear()
        for connection in kept:
            connection.close()

    def send(
        self, request: Request, *, timeout: float = 10.0, bounds: Bounds | None = None
    ) -> Outcome:
        """Sends ``request``; all of it, connecting included, takes at most ``timeout`` seconds.

        The body of the response is decoded (gzip, deflate) and bounded; its headers are as they
        came. Raises UnsendableRequest before anything is sent; everything else is an Outcome.
        """
        ready, bounds = prepare(request), bounds or Bounds()
        encode(ready, h11.Connection(h11.CLIENT))  # refuses before a connection is made
        place, deadline = origin(ready.url), time.monotonic() + timeout
        again = ""
        kept = self._take(place)
        if kept is not None and request.method not in _SAFE:
            # Replaced, not left idle beside the fresh one: some servers serve one at a time.
            kept.close()
        elif kept is not None:
            outcome = self._exchange(kept, ready, bounds, timeout, deadline)
            unanswered = outcome.breakage is Breakage.DROPPED and not kept.received
            if not unanswered and outcome.breakage is not Breakage.GARBAGE:
                return outcome
            again = SENT_AGAIN
        try:
            tls = self._context() if place.scheme == "https" else None
            fresh = Connection(place, deadline, tls)
        except TimeoutError:
            reason = f"no connection within {timeout:g} s"
            return Outcome(breakage=Breakage.UNREACHABLE, detail=reason)
        except (OSError, UnicodeError) as error:
            return Outcome(breakage=Breakage.UNREACHABLE, detail=_why(error))
        outcome = self._exchange(fresh, ready, bounds, timeout, deadline)
        detail = "; ".join(part for part in (again, outcome.detail) if part)
        return Outcome(outcome.response, outcome.breakage, detail)

    def alive(self, url: str, *, timeout: float = 1.0) -> bool:
        """Whether something accepts connections at the origin of ``url``."""
        place = origin(url)
        try:
            socket.create_connection((place.host, place.port), timeout).close()
        except (OSError, UnicodeError):
            return False
        return True

    def _exchange(
        self,
        connection: Connection,
        request: Request,
        bounds: Bounds,
        timeout: float,
        deadline: float,
    ) -> Outcome:
        began = time.monotonic()
        head: h11.Response | h11.InformationalResponse | None = None
        body = Body()
        again = False
        try:
            connection.write(encode(request, connection.http), deadline)
            head = _head(connection, deadline)
            headers = _headers(head)
            if head.status_code != 101:
                bounded.read(connection, headers, bounds, deadline=deadline, body=body)
            elapsed = time.monotonic() - began
            surplus = connection.surplus if head.status_code != 101 and not body.truncated else 0
            again = head.status_code < 500 and not body.truncated and connection.reset()
        except TimeoutError:
            what = f"{_so_far(head, body)} within {timeout:g} s"
            return Outcome(breakage=Breakage.TIMEOUT, detail=what)
        except Ended as end:
            what = f"the connection was {end}: {_so_far(head, body)}"
            return Outcome(breakage=Breakage.DROPPED, detail=what)
        except Garbage as reason:
            return Outcome(breakage=Breakage.GARBAGE, detail=f"not HTTP: {reason}")
        finally:
            if again:
                self._keep(connection)
            else:
                connection.close()
        response = Response(
            head.status_code, headers, bytes(body.data), elapsed, truncated=body.truncated
        )
        # Not a verdict: whether surplus bytes are seen depends on how the network cuts them.
        detail = f"{surplus} bytes followed the end of the response" if surplus else ""
        return Outcome(response=response, detail=detail)

    def _take(self, place: Origin) -> Connection | None:
        while True:
            with self._lock:
                pool = self._idle.get(place)
                if not pool:
                    return None
                connection = pool.pop()
            if time.monotonic() - connection.idle_since < _EXPIRY and not connection.readable():
                return connection
            connection.close()

    def _keep(self, connection: Connection) -> None:
        with self._lock:
            pool = self._idle.setdefault(connection.origin, [])
            pool.append(connection)
            surplus = pool.pop(0) if len(pool) > _KEPT else None
        if surplus is not None:
            surplus.close()

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                self._tls = ssl.create_default_context()
            return self._tls


def _head(connection: Connection, deadline: float) -> h11.Response | h11.InformationalResponse:
    while True:
        event = connection.event(deadline)
        if isinstance(event, h11.Response):
            return event
        if isinstance(event, h11.InformationalResponse) and event.status_code == 101:
            return event


def _headers(head: h11.Response | h11.InformationalResponse) -> Headers:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in head.headers.raw_items()
    )


def _so_far(head: h11.Response | h11.InformationalResponse | None, body: Body) -> str:
    if head is None:
        return "no response"
    return f"status {head.status_code} and {len(body.data)} bytes of body came, but not all of it"


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or 'the handshake failed'}"
    if isinstance(error, socket.gaierror):
        return "the host's name does not resolve"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return "no connection could be made"
