"""A connection that speaks HTTP/2: one request at a time, each a stream of its own.

h2 keeps the state and the tables. What it leaves to others is here: a long body stops when the
answer has come, an answer that went before a GOAWAY is an answer, and what the peer did not take
is told from what it broke off.
"""

import ssl
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

import httpcore
import httpx
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import InvalidBodyLengthError, ProtocolError
from h2.settings import SettingCodes, Settings

from troth.exchange import Request
from troth.transport.connection import Line
from troth.transport.request import UnsendableRequest

# RFC 9113 section 8.2.2: they are about a connection of HTTP/1.1, and h2 would drop them unseen.
_OF_HTTP1: Final = frozenset(
    {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}
)
# With these a peer says that it did nothing for the stream, or can not take it as it is. A server
# that fails says INTERNAL_ERROR, and one that gives up halfway CANCEL.
_NOT_TAKEN: Final = frozenset(
    {
        ErrorCodes.PROTOCOL_ERROR,
        ErrorCodes.REFUSED_STREAM,
        ErrorCodes.ENHANCE_YOUR_CALM,
        ErrorCodes.INADEQUATE_SECURITY,
        ErrorCodes.HTTP_1_1_REQUIRED,
    }
)
_HEAD: Final = 9  # bytes before what a frame holds
_GOAWAY: Final = 7
_LARGEST: Final = 16_384  # bytes that a frame may hold; we never allow more
_WINDOW: Final = 1 << 20
_UNASKED: Final = 16  # reads of what came while it was idle


class NotTaken(httpx.TransportError):
    """The peer says that it did not take the request; whatever that means, it did nothing."""


def carried(request: Request) -> None:
    """Raises UnsendableRequest for what HTTP/2 has no place for: nothing is dropped unseen."""
    for name, value in request.headers:
        if name.lower() in _OF_HTTP1:
            raise UnsendableRequest(f"HTTP/2 cannot carry it: {name!r} belongs to HTTP/1.1 alone")
        if name.lower() == "te" and value.strip().lower() != "trailers":
            raise UnsendableRequest("HTTP/2 cannot carry it: of 'TE' it knows `trailers` alone")
    if request.method == "CONNECT":
        raise UnsendableRequest("HTTP/2 cannot carry it: CONNECT has no path there")


def connected(
    origin: httpcore.Origin, line: Line, tls: ssl.SSLContext, expiry: float
) -> "Http2Connection | httpcore.HTTP11Connection":
    """A connection: over TLS of what the peer chooses, in the clear of HTTP/2 by prior knowledge.

    Raises httpx.ConnectError and httpx.ConnectTimeout.
    """
    host = origin.host.decode("ascii")
    line.connect_tcp(host, origin.port)
    if origin.scheme == b"https":
        try:
            line.start_tls(tls, host)
        except BaseException:
            line.close()
            raise
        if line.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
            return httpcore.HTTP11Connection(origin, line, expiry)
    return Http2Connection(line, expiry)


class Http2Connection:
    """As much of httpcore's connections as the client asks for."""

    def __init__(self, line: Line, expiry: float) -> None:
        line.framed = True
        self._line = line
        self._expiry = expiry
        self._used = time.monotonic()
        self._buffer = b""
        self._spoken = False  # a frame of the peer's came
        self._leaving = False  # it said GOAWAY
        self._said = True  # all of the request went out
        self._stream = 0
        self._answer: tuple[int, list[tuple[bytes, bytes]]] | None = None
        self._pieces: deque[bytes] = deque()
        self._came = 0
        self._ended = True
        self._fault: Exception | None = None
        self._h2 = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self._h2.local_settings = Settings(
            client=True,
            initial_values={
                SettingCodes.ENABLE_PUSH: 0,
                SettingCodes.MAX_CONCURRENT_STREAMS: 100,
                SettingCodes.MAX_HEADER_LIST_SIZE: 102_400,
                SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW,
            },
        )
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(_WINDOW)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Raises httpx's exceptions: of writing and reading, NotTaken, and for what is no HTTP/2.

        The body is read as it is iterated over.
        """
        assert isinstance(request.stream, Iterable)
        content = b"".join(request.stream)
        self._answer, self._ended, self._came, self._said = None, False, 0, False
        self._pieces.clear()
        try:
            self._stream = self._h2.get_next_available_stream_id()
            self._h2.send_headers(self._stream, _fields(request), end_stream=not content)
        except ProtocolError:  # the peer takes no more of them on this connection
            raise httpx.ReadError("full") from None
        self._say()
        self._send(content)
        while self._answer is None:
            self._hear()
        status, headers = self._answer
        return httpcore.Response(
            status,
            headers=headers,
            content=self._body(head=request.method == b"HEAD"),
            extensions={"http_version": b"HTTP/2"},
        )

    def is_idle(self) -> bool:
        """Whether request and answer are whole, and another request may follow."""
        sound = self._fault is None and not self._leaving and not self._pieces
        return sound and self._said and self._ended

    def has_expired(self) -> bool:
        """Whether it is too old, or the peer has closed it or is about to."""
        for _ in range(_UNASKED):
            data = self._line.unasked()
            if data:
                self._take(data)
            if data is None or self._fault is not None or self._leaving:
                return True
            if not data:
                return time.monotonic() > self._used + self._expiry
        return True

    def close(self) -> None:
        """Closes it, whatever its state."""
        self._line.close()

    def _send(self, content: bytes) -> None:
        """Say the body, as far as the peer wants it: it may answer before, and read no more."""
        rest = memoryview(content)
        while rest and not self._ended and self._fault is None:
            room = min(
                self._h2.local_flow_control_window(self._stream), self._h2.max_outbound_frame_size
            )
            if room <= 0:
                self._hear()
                continue
            last = room >= len(rest)
            self._h2.send_data(self._stream, bytes(rest[:room]), end_stream=last)
            rest = rest[room:]
            self._say()
            heard = self._line.unasked()
            if heard:
                self._take(heard)
        self._said = not rest

    def _say(self) -> None:
        with suppress(httpcore.WriteError):  # It may have answered all the same.
            self._line.write(self._h2.data_to_send())

    def _body(self, *, head: bool) -> Iterator[bytes]:
        while True:
            while self._pieces:
                yield self._pieces.popleft()
            if self._ended:
                break
            self._hear()
        self._used = time.monotonic()
        assert self._answer is not None
        status, headers = self._answer
        told = next((value for name, value in headers if name == b"content-length"), None)
        bodiless = head or status in {204, 304}
        if told is not None and not bodiless and int(told) != self._came:
            self._fault = httpx.RemoteProtocolError("its body is not as long as content-length")
            raise self._fault

    def _hear(self) -> None:
        """What comes next. Raises what went wrong, once all before it is taken."""
        if self._fault is None:
            data = self._line.receive()
            if data:
                self._take(data)
            else:
                end = "closed" if self._spoken else "closed, and no frame of HTTP/2 came"
                self._fault = httpx.ReadError(end)
        whole = self._ended and self._answer is not None
        if self._fault is not None and not self._pieces and not whole:
            raise self._fault

    def _take(self, data: bytes) -> None:
        self._buffer += data
        if not self._spoken and self._buffer.startswith(b"HTTP/"):
            self._fault = httpx.RemoteProtocolError(
                "it answers in HTTP/1.1; take `http2 = true` out of [target]"
            )
            return
        for frame in self._frames():
            self._spoken = True
            if frame[3] == _GOAWAY:
                self._goodbye(frame)
                continue
            try:
                for event in self._h2.receive_data(frame):
                    self._notice(event)
            except InvalidBodyLengthError:
                # A 304 tells the length of what it does not send (RFC 9110 section 8.6), and an
                # empty frame of data may end it.
                if self._answer is None or self._answer[0] != 304:
                    why = "its body is not as long as content-length"
                    self._fault = self._fault or httpx.RemoteProtocolError(why)
                self._leaving = self._ended = True
            except ProtocolError as error:  # its words quote what came
                self._fault = self._fault or httpx.RemoteProtocolError(
                    f"it breaks HTTP/2 ({_name(error.error_code)})"
                )
        self._say()

    def _frames(self) -> Iterator[bytes]:
        """The whole frames that came; what is too long goes to h2 as it is, which says so."""
        while len(self._buffer) >= _HEAD:
            size = _HEAD + int.from_bytes(self._buffer[:3])
            if size > _HEAD + _LARGEST:
                size = len(self._buffer)
            if len(self._buffer) < size:
                return
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            yield frame

    def _notice(self, event: Event) -> None:
        if isinstance(event, ResponseReceived) and event.stream_id == self._stream:
            headers = [(bytes(name), bytes(value)) for name, value in event.headers]
            status = next(value for name, value in headers if name == b":status")
            if len(status) != 3 or not status.isdigit():
                self._fault = httpx.RemoteProtocolError("its status is no number")
                return
            self._line.call.start = b":status"
            self._answer = int(status), [each for each in headers if each[0][:1] != b":"]
        elif isinstance(event, DataReceived):
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if event.stream_id == self._stream:
                self._pieces.append(event.data)
                self._came += len(event.data)
        elif isinstance(event, StreamEnded) and event.stream_id == self._stream:
            self._ended = True
        elif isinstance(event, StreamReset) and event.stream_id == self._stream:
            self._cut("RST_STREAM", event.error_code)

    def _goodbye(self, frame: bytes) -> None:
        """GOAWAY names the last stream that is still answered: all before it end as ever."""
        self._leaving = True
        if len(frame) < _HEAD + 8:
            self._fault = httpx.RemoteProtocolError("it breaks HTTP/2 (FRAME_SIZE_ERROR)")
            return
        last = int.from_bytes(frame[_HEAD : _HEAD + 4]) & 0x7FFF_FFFF
        code = int.from_bytes(frame[_HEAD + 4 : _HEAD + 8])
        if code or last < self._stream:
            self._cut("GOAWAY", code, taken=last >= self._stream)

    def _cut(self, what: str, code: int, *, taken: bool = True) -> None:
        if self._ended or self._fault is not None:
            return
        said = f"{what} ({_name(code)})"
        refused = code in _NOT_TAKEN or (not taken and code == ErrorCodes.NO_ERROR)
        if refused and self._answer is None and not self._line.call.reused:
            self._fault = NotTaken(said)
        else:
            self._fault = httpx.ReadError(f"ended with {said}")


def _fields(request: httpcore.Request) -> list[tuple[bytes, bytes]]:
    """The header section (RFC 9113 section 8.3): names in lower case, Host as ``:authority``."""
    headers = [(name.lower(), value) for name, value in request.headers]
    return [
        (b":method", request.method),
        (b":scheme", request.url.scheme),
        *((b":authority", value) for name, value in headers if name == b"host"),
        (b":path", request.url.target),
        *(each for each in headers if each[0] != b"host"),
    ]


def _name(code: int) -> str:
    return ErrorCodes(code).name if code in ErrorCodes.__members__.values() else f"{code:#x}"
