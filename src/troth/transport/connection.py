"""One connection: bytes out and HTTP events in, against one deadline for everything."""

import contextlib
import selectors
import socket
import ssl
import time
from typing import Any, Final

import h11

from troth.transport.request import Origin

_CHUNK: Final = 64 * 1024
_HEAD: Final = 256 * 1024  # bytes of a response's head; more is not HTTP to us


class Ended(Exception):
    """The peer closed or reset the connection before the response was whole."""


class Garbage(Exception):
    """What came is not HTTP/1; the message says why, without quoting it."""


def remaining(deadline: float) -> float:
    """Seconds left until ``deadline`` (of ``time.monotonic``). Raises TimeoutError."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class Connection:
    """A connected socket and the HTTP/1.1 state on it. Raises OSError when none can be made."""

    def __init__(self, origin: Origin, deadline: float, tls: ssl.SSLContext | None) -> None:
        sock = socket.create_connection((origin.host, origin.port), remaining(deadline))
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                sock.settimeout(remaining(deadline))
                sock = tls.wrap_socket(sock, server_hostname=origin.host)
        except BaseException:
            sock.close()
            raise
        self.origin = origin
        self.http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD)
        self.reused = False
        self.idle_since = 0.0
        self._socket = sock
        self._whole = True
        self._start = b""
        self._headed = False

    @property
    def received(self) -> bool:
        """Whether a single byte came since the last request was written."""
        return bool(self._start)

    def close(self) -> None:
        """Closes it, whatever its state."""
        with contextlib.suppress(OSError):  # nothing is lost when closing fails
            self._socket.close()

    def readable(self) -> bool:
        """Whether something waits to be read: on an idle connection, its end or stray bytes."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            return bool(selector.select(0))

    def write(self, data: bytes, deadline: float) -> None:
        """Writes a request. Stops early where the response begins or the peer stops reading.

        A service may refuse a long body before it has read it (413) and close; a client that
        only writes would see a reset and call that a crash. So whoever wrote, then reads.
        """
        self._start, self._headed, self._whole = b"", False, True
        try:
            if len(data) <= _CHUNK or isinstance(self._socket, ssl.SSLSocket):
                self._socket.settimeout(remaining(deadline))
                self._socket.sendall(data)
            else:
                self._write_long(memoryview(data), deadline)
        except TimeoutError:
            raise
        except OSError:
            self._whole = False

    def _write_long(self, data: memoryview, deadline: float) -> None:
        watched = selectors.EVENT_READ | selectors.EVENT_WRITE
        self._socket.settimeout(0)
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, watched)
            while data:
                ready = selector.select(remaining(deadline))
                events = ready[0][1] if ready else 0
                if events & selectors.EVENT_READ:
                    if not self._socket.recv(12, socket.MSG_PEEK).startswith(b"HTTP/1.1 100"):
                        self._whole = False
                        return
                    selector.modify(self._socket, selectors.EVENT_WRITE)
                elif events & selectors.EVENT_WRITE:
                    data = data[self._socket.send(data[:_CHUNK]) :]

    def event(self, deadline: float) -> Any:
        """The next HTTP event. Raises Ended, Garbage and TimeoutError."""
        while True:
            event = self.buffered()
            if event is not h11.NEED_DATA:
                return event
            try:
                self._socket.settimeout(remaining(deadline))
                data = self._socket.recv(_CHUNK)
            except TimeoutError:
                raise
            except OSError as error:
                raise Ended(f"reset ({error.strerror or type(error).__name__})") from None
            self._look(data)
            if not data and self.http.their_state is h11.SEND_RESPONSE:
                raise Ended("closed")
            self.http.receive_data(data)
            if not data:
                return self._last()

    def buffered(self) -> Any:
        """The next event out of what was read already, else ``h11.NEED_DATA``."""
        try:
            event = self.http.next_event()
        except h11.RemoteProtocolError as error:
            raise Garbage(_reason(error)) from None
        if isinstance(event, h11.Response):
            self._headed = True
        return event

    def _last(self) -> Any:
        # A body without a length ends with the connection; any other is now incomplete.
        try:
            return self.http.next_event()
        except h11.RemoteProtocolError:
            raise Ended("closed") from None

    def _look(self, data: bytes) -> None:
        if self._headed:
            return
        self._start = (self._start + data)[:5]
        if self._start and not b"HTTP/".startswith(self._start):
            raise Garbage("it does not begin with HTTP/")

    @property
    def surplus(self) -> int:
        """Bytes that came after the end of the response."""
        return len(self.http.trailing_data[0])

    def reset(self) -> bool:
        """Makes it ready for another request; False when it cannot carry one."""
        done = self.http.our_state is h11.DONE and self.http.their_state is h11.DONE
        if not done or not self._whole or self.surplus:
            return False
        self.http.start_next_cycle()
        self.reused, self.idle_since = True, time.monotonic()
        return True


def _reason(error: h11.RemoteProtocolError) -> str:
    text = str(error)
    for sign in (":", " b'", ' b"', " '", "{", "("):
        text = text.split(sign, maxsplit=1)[0]
    return text.strip() or "malformed HTTP"
