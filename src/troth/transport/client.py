"""The one httpx client: it adds, follows and remembers nothing, and keeps connections our way.

httpcore speaks HTTP/1.1 on each connection, and `http2` HTTP/2. httpcore's pool is left out: it
gives any idle connection to any request, and one that needs a fresh connection cannot say so.
"""

import logging
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any, Final

import httpcore
import httpx

from troth.transport.connection import Call, Line
from troth.transport.http2 import Http2Connection, connected

CALL: Final = "troth"
"""The key of the Call in a request's extensions."""

_KEPT: Final = 4  # idle connections per origin
_EXPIRY: Final = 3.0  # seconds; uvicorn and Node close theirs after 5

# httpx logs each request at INFO, and httpcore each header that comes back at DEBUG. A run sends
# thousands, and a log is no place for a target's cookies: evidence, redacted, is troth's record.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


def client(transport: "Transport") -> httpx.Client:
    """Sends requests as they are; each needs the extensions ``target`` (bytes) and CALL."""
    # Auth() is none at all: left out, httpx would look for credentials in each URL.
    return httpx.Client(
        transport=transport,
        auth=httpx.Auth(),
        cookies=_NoCookies(),
        trust_env=False,
        follow_redirects=False,
    )


_Place = tuple[bytes, bytes, int | None]


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: httpcore.HTTPConnection | httpcore.HTTP11Connection | Http2Connection
    line: Line


class Transport(httpx.BaseTransport):
    """Kept connections, and fresh ones, by what each call asks for.

    With ``unix`` all go to that socket of this machine, whatever host they name. ``http2`` is TLS
    that offers HTTP/2: with it that is spoken.
    """

    def __init__(
        self,
        tls: ssl.SSLContext | None,
        unix: str | None = None,
        http2: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self._unix = unix
        self._http2 = http2
        self.spoken = ""
        """The version of HTTP of the last answer."""
        self._idle: dict[_Place, list[_Kept]] = {}
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx's exceptions: of connecting, writing, reading, and for what is not HTTP."""
        call: Call = request.extensions[CALL]
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.extensions["target"],
        )
        place = (url.scheme, url.host, url.port)
        kept = self._take(place)
        if kept is not None and call.fresh:
            # Replaced, not left idle beside the fresh one: some servers serve one at a time.
            kept.connection.close()
            kept = None
        call.reused = kept is not None
        kept = kept or self._fresh(url.origin, call)
        kept.line.start(call)
        assert isinstance(request.stream, httpx.SyncByteStream)
        outgoing = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream
        )
        try:
            answer = kept.connection.handle_request(outgoing)
        except httpcore.RemoteProtocolError as error:
            kept.line.close()
            raise _broken(error, call) from None
        except BaseException:
            kept.line.close()
            raise
        self.spoken = answer.extensions["http_version"].decode("ascii")
        kept.line.length = _length(request.method, answer)

        def release() -> None:
            line = kept.line
            call.surplus = len(line.held)
            sound = line.whole and not line.held and kept.connection.is_idle()
            if sound and answer.status < 500:
                self._keep(place, kept)
            else:
                kept.connection.close()

        return _Answer(answer.status, headers=answer.headers, stream=_Body(answer, call, release))

    def close(self) -> None:
        """Closes what is idle."""
        with self._lock:
            idle = [each for pool in self._idle.values() for each in pool]
            self._idle.clear()
        for each in idle:
            each.connection.close()

    def _fresh(self, origin: httpcore.Origin, call: Call) -> _Kept:
        line = Line(call, self._unix)
        if self._http2 is not None:
            return _Kept(connected(origin, line, self._http2, _EXPIRY), line)
        tls = self._context() if origin.scheme == b"https" else None
        return _Kept(
            httpcore.HTTPConnection(origin, tls, keepalive_expiry=_EXPIRY, network_backend=line),
            line,
        )

    def _take(self, place: _Place) -> _Kept | None:
        while True:
            with self._lock:
                pool = self._idle.get(place)
                if not pool:
                    return None
                kept = pool.pop()
            if not kept.connection.has_expired():  # by age, or by bytes or an end that wait
                return kept
            kept.connection.close()

    def _keep(self, place: _Place, kept: _Kept) -> None:
        with self._lock:
            pool = self._idle.setdefault(place, [])
            pool.append(kept)
            oldest = pool.pop(0) if len(pool) > _KEPT else None
        if oldest is not None:
            oldest.connection.close()

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls is None:
                self._tls = ssl.create_default_context()
            return self._tls


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, call: Call, release: Callable[[], None]) -> None:
        self._answer = answer
        self._call = call
        self._release = release

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_stream()
        except httpcore.RemoteProtocolError as error:
            raise _broken(error, self._call) from None

    def close(self) -> None:
        self._answer.close()
        self._release()


class _Answer(httpx.Response):
    @property
    def has_redirect_location(self) -> bool:
        # httpx prepares the next request even where it follows none, and fails on a bad Location.
        return False


class _NoCookies(CookieJar):
    def extract_cookies(self, response: Any, request: Any) -> None:
        """Nothing is remembered."""


def _length(method: str, answer: httpcore.Response) -> int | None:
    # RFC 9112 section 6.3, in h11's order; h11 has judged the headers already.
    if method == "HEAD" or answer.status in {204, 304}:
        return 0
    headers = {name.lower(): value for name, value in answer.headers}
    if b"transfer-encoding" in headers or b"content-length" not in headers:
        return None
    return int(headers[b"content-length"])


def _broken(error: httpcore.RemoteProtocolError, call: Call) -> httpx.TransportError:
    if call.ended:
        return httpx.ReadError("closed")
    # h11 quotes what came after the reason.
    reason = re.split(r":| b?['\"]|[{(]", str(error))[0].strip()
    return httpx.RemoteProtocolError(reason or "malformed HTTP")
