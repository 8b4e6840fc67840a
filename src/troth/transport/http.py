"""Sends one request through httpx and says plainly what came back, whatever the peer does.

**Which connection.** Only safe methods (RFC 9110 section 9.2.1) travel on a kept-alive
connection. When that one is closed or reset before a byte of the response came, the cause is the
exchange before it, or the server's patience; the request is sent once more, on a fresh
connection, and `Outcome.detail` says so. Everything that may change state gets a fresh
connection, so that a drop is its own doing and nothing but a read is ever sent twice (section
9.2.2, and RFC 9112 section 9.3.1). After a 5xx the connection is closed: servers drop it without
saying so. A fresh connection that is dropped is reported, never retried.
"""

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Self

import httpx

from troth.exchange import Breakage, Frame, Headers, Request, Response
from troth.transport import bounded
from troth.transport.bounded import Body, Bounds
from troth.transport.client import CALL, Transport, client
from troth.transport.connection import Call
from troth.transport.http2 import NotTaken, carried
from troth.transport.request import (
    Origin,
    UnsendableRequest,
    origin,
    prepare,
    split,
    wire_headers,
)
from troth.transport.trust import unix_socket

__all__ = ["SENT_AGAIN", "Bounds", "Outcome", "UnsendableRequest", "Wire"]

SENT_AGAIN: Final = "sent again: the kept-alive connection had been closed"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A response, or a breakage. ``detail`` is plain words without any value that was sent.

    ``began`` is when the first byte went out, in seconds of ``time.monotonic``.
    """

    response: Response | None = None
    breakage: Breakage | None = None
    detail: str = ""
    frames: tuple[Frame, ...] = ()
    began: float = 0.0


class Wire:
    """Sends requests; safe to share between threads. Close it, or use it with ``with``.

    With ``http2``, TLS that offers it, HTTP/2 is spoken wherever the peer does: in the clear by
    prior knowledge. WebSockets stay with HTTP/1.1, and so with ``tls``.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        unix: str | None = None,
        http2: ssl.SSLContext | None = None,
    ) -> None:
        self.tls = tls
        self.unix = unix
        self._http2 = http2 is not None
        self._transport = Transport(tls, unix, http2)
        self._client = client(self._transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def spoken(self) -> str:
        """The version of HTTP of the last answer, such as ``HTTP/1.1``; empty before the first."""
        return self._transport.spoken

    def close(self) -> None:
        """Closes what is idle; nothing can be sent from now on."""
        self._client.close()

    def send(
        self,
        request: Request,
        *,
        timeout: float = 10.0,
        bounds: Bounds | None = None,
        ready: Callable[[], None] | None = None,
    ) -> Outcome:
        """Sends ``request``; all of it, connecting included, takes at most ``timeout`` seconds.

        With ``ready`` it gets a connection of its own, and ``ready`` is called when that stands,
        before the first byte goes out.

        The body of the response is decoded (gzip, deflate) and bounded; its headers are as they
        came. Raises UnsendableRequest before anything is sent; everything else is an Outcome.
        """
        prepared, bounds = prepare(request), bounds or Bounds()
        headers = wire_headers(prepared)
        if self._http2:
            carried(prepared)
        fresh = ready is not None or request.method not in _SAFE
        call = Call(time.monotonic() + timeout, fresh=fresh, ready=ready)
        outcome = self._exchange(prepared, headers, bounds, timeout, call)
        unanswered = outcome.breakage is Breakage.DROPPED and not call.start
        if not call.reused or not (unanswered or outcome.breakage is Breakage.GARBAGE):
            return outcome
        call = Call(call.deadline, fresh=True)
        outcome = self._exchange(prepared, headers, bounds, timeout, call)
        detail = "; ".join(part for part in (SENT_AGAIN, outcome.detail) if part)
        return replace(outcome, detail=detail)

    def alive(self, url: str, *, timeout: float = 1.0) -> bool:
        """Whether something accepts connections at the origin of ``url``."""
        place = origin(url)
        try:
            if self.unix is not None:
                unix_socket(self.unix, timeout).close()
            else:
                socket.create_connection((place.host, place.port), timeout).close()
        except (OSError, UnicodeError):
            return False
        return True

    def _exchange(
        self,
        request: Request,
        headers: list[tuple[bytes, bytes]],
        bounds: Bounds,
        timeout: float,
        call: Call,
    ) -> Outcome:
        answer: httpx.Response | None = None
        body = Body()
        try:
            answer = self._client.send(_outgoing(request, headers, call), stream=True)
            came = _headers(answer)
            if answer.status_code != 101:
                bounded.read(answer.iter_raw(), came, bounds, call=call, body=body)
            elapsed = time.monotonic() - call.began
        except httpx.ConnectTimeout:
            reason = f"no connection within {timeout:g} s"
            return Outcome(breakage=Breakage.UNREACHABLE, detail=reason)
        except httpx.ConnectError as error:
            return Outcome(breakage=Breakage.UNREACHABLE, detail=str(error))
        except NotTaken as reason:
            return Outcome(breakage=Breakage.REFUSED, detail=f"the request was not taken: {reason}")
        except httpx.InvalidURL:  # of the host: httpx sees no more of the URL
            return Outcome(breakage=Breakage.UNREACHABLE, detail="no host can have that name")
        except httpx.TimeoutException:
            what = f"{_so_far(answer, body)} within {timeout:g} s"
            return Outcome(breakage=Breakage.TIMEOUT, detail=what, began=call.began)
        except httpx.ReadError as end:
            what = f"the connection was {end}: {_so_far(answer, body)}"
            return Outcome(breakage=Breakage.DROPPED, detail=what, began=call.began)
        except (httpx.RemoteProtocolError, httpx.DecodingError) as reason:
            return Outcome(breakage=Breakage.GARBAGE, detail=f"not HTTP: {reason}")
        finally:
            if answer is not None:
                answer.close()
        response = Response(
            answer.status_code, came, bytes(body.data), elapsed, truncated=body.truncated
        )
        if not call.surplus or body.truncated or response.status == 101:
            return Outcome(response=response, began=call.began)
        # Not a verdict: whether surplus bytes are seen depends on how the network cuts them.
        detail = f"{call.surplus} bytes followed the end of the response"
        return Outcome(response=response, detail=detail, began=call.began)


def _outgoing(request: Request, headers: list[tuple[bytes, bytes]], call: Call) -> httpx.Request:
    # A Request that is built by hand gets no header of httpx's, and one with a URL of no more
    # than the origin no tidying: the target goes out as the bytes that it is.
    place, _, target = split(request.url)
    outgoing = httpx.Request(
        request.method,
        _url(place),
        headers=headers,
        stream=httpx.ByteStream(request.body),
        extensions={"target": target.encode("ascii"), "timeout": {}, CALL: call},
    )
    outgoing.method = request.method  # httpx writes it in upper case
    return outgoing


@lru_cache(maxsize=8)
def _url(place: Origin) -> httpx.URL:
    return httpx.URL(str(place))


def _headers(answer: httpx.Response) -> Headers:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw
    )


def _so_far(answer: httpx.Response | None, body: Body) -> str:
    if answer is None:
        return "no response"
    return f"status {answer.status_code} and {len(body.data)} bytes of body came, but not all of it"
