"""One connection for httpcore to speak on: one deadline for all of it, one message at a time."""

import contextlib
import os
import re
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpcore
import httpx

_CHUNK: Final = 64 * 1024
# A message without a length ends with its blank line: that of its head, or after its last chunk.
# The settings or the farewell of HTTP/2, with which one begins who is spoken to in HTTP/1.1.
_FRAMES = re.compile(rb"\x00.{2}[\x04\x07]\x00", re.DOTALL)
_BLANK = re.compile(rb"\n\r?\n")


@dataclass(slots=True)
class Call:
    """One request on its way, and what the connection saw of it.

    It travels in the request's extensions. ``deadline`` (of ``time.monotonic``) may be moved
    while the body is read.
    """

    deadline: float
    fresh: bool = False  # asks for a connection that carried nothing before
    reused: bool = False  # it travelled on a kept connection
    began: float = 0.0  # when its first byte went out
    start: bytes = b""  # the first bytes that came back
    ended: bool = False  # the peer closed the connection
    surplus: int = 0  # bytes that followed the end of the response
    ready: Callable[[], None] | None = None
    """Called when it is connected and all is there, before the first byte goes out: requests that
    are to arrive at once wait for each other here."""

    def left(self) -> float:
        """Seconds until the deadline. Raises TimeoutError."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Line(httpcore.NetworkBackend, httpcore.NetworkStream):
    """Connects as httpcore's backend, then is the stream that it made.

    httpcore's timeouts count each read; here every step gets the time that is left of the call,
    and so dripping ends. What comes is handed on up to the end of a message and no further:
    h11 would take what follows for the next response. ``held`` is what was not handed on;
    ``whole`` says whether all that was written went out.
    """

    def __init__(self, call: Call, unix: str | None = None) -> None:
        self.call = call
        self._unix = unix
        self.length: int | None = None  # of the body, still to be handed on; None: not known
        self.held = b""
        self.whole = True
        self.framed = False  # HTTP/2: either side speaks when it likes, and says how much
        self._tail = b""
        self._waiting = b""
        self._inner: httpcore.NetworkStream | None = None
        self._socket: socket.socket | None = None

    def start(self, call: Call) -> None:
        """From now on it serves ``call``."""
        self.call, self.length, self.held = call, None, b""
        self._tail, self._waiting = b"", b""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the call's deadline holds
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises httpx.ConnectError and httpx.ConnectTimeout."""
        with _connecting():
            backend = httpcore.SyncBackend()
            if self._unix is not None:
                self._inner = backend.connect_unix_socket(self._unix, self.call.left())
            else:
                self._inner = backend.connect_tcp(
                    host, port, self.call.left(), local_address, socket_options
                )
        self._socket = self._inner.get_extra_info("socket")
        return self

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the call's deadline holds
    ) -> httpcore.NetworkStream:
        """Raises httpx.ConnectError and httpx.ConnectTimeout."""
        with _connecting():
            assert self._inner is not None
            self._inner = self._inner.start_tls(ssl_context, server_hostname, self.call.left())
        self._socket = self._inner.get_extra_info("socket")
        return self

    def close(self) -> None:
        """Closes it, whatever its state."""
        with contextlib.suppress(OSError):  # nothing is lost when closing fails
            if self._inner is not None:
                self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a stream, such as whether an idle one is readable."""
        return self._inner.get_extra_info(info) if self._inner is not None else None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Raises httpx.WriteTimeout; httpcore.WriteError sends httpcore on to the response.

        A service may refuse a long body before it has read it (413) and close, or read no more;
        a client that only writes would call that a crash, or a timeout. What is short waits for
        the first read, so that head and body go out together.
        """
        self._waiting += buffer
        if len(self._waiting) > _CHUNK:
            self._flush()

    def _flush(self) -> None:
        assert self._socket is not None
        data, self._waiting = self._waiting, b""
        ready, self.call.ready = self.call.ready, None
        if ready is not None:
            ready()
        self.call.began = self.call.began or time.monotonic()
        try:
            if len(data) <= _CHUNK or self.framed or isinstance(self._socket, ssl.SSLSocket):
                self._socket.settimeout(self.call.left())
                self._socket.sendall(data)
            else:
                self._write_long(self._socket, memoryview(data))
        except TimeoutError:
            raise httpx.WriteTimeout("") from None
        except OSError as error:
            self.whole = False
            raise httpcore.WriteError(error) from None

    def _write_long(self, sock: socket.socket, data: memoryview) -> None:
        sock.settimeout(0)
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while data:
                ready = selector.select(self.call.left())
                events = ready[0][1] if ready else 0
                if events & selectors.EVENT_READ:
                    if not sock.recv(12, socket.MSG_PEEK).startswith(b"HTTP/1.1 100"):
                        raise BrokenPipeError  # as if the peer had closed its end
                    selector.modify(sock, selectors.EVENT_WRITE)
                elif events & selectors.EVENT_WRITE:
                    data = data[sock.send(data[:_CHUNK]) :]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Raises httpx.ReadTimeout, httpx.ReadError and httpx.RemoteProtocolError."""
        if not self.held:
            self.held = self.receive(max_bytes)
            if not self.held:
                return b""
        elif self._waiting:
            self._go()
        call = self.call
        if len(call.start) < 5:
            call.start = (call.start + self.held)[:5]
            if _FRAMES.match(call.start):
                raise httpx.RemoteProtocolError(
                    "it speaks HTTP/2 alone; write `http2 = true` in [target]"
                )
            if not b"HTTP/".startswith(call.start):
                raise httpx.RemoteProtocolError("it does not begin with HTTP/")
        return self._hand()

    def receive(self, max_bytes: int = _CHUNK) -> bytes:
        """What comes next, as it comes, when all that waits has gone out; nothing at the end.

        Raises httpx.ReadTimeout and httpx.ReadError.
        """
        if self._waiting:
            self._go()
        assert self._socket is not None
        try:
            self._socket.settimeout(self.call.left())
            data = self._socket.recv(max_bytes)
        except TimeoutError:
            raise httpx.ReadTimeout("") from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise httpx.ReadError(f"reset ({reason})") from None
        self.call.ended = not data
        return data

    def unasked(self) -> bytes | None:
        """What has come already, without waiting for it; None when the peer has closed."""
        assert self._socket is not None
        try:
            self._socket.settimeout(0)
            return self._socket.recv(_CHUNK) or None
        except (BlockingIOError, ssl.SSLWantReadError):
            return b""
        except OSError:
            return None

    def _go(self) -> None:
        with contextlib.suppress(httpcore.WriteError):  # it may have answered all the same
            self._flush()

    def _hand(self) -> bytes:
        if self.length is not None:
            end = self.length
            self.length -= min(end, len(self.held))
        else:
            # A blank line may come in pieces: the last two bytes are looked at again.
            seen = self._tail + self.held
            found = _BLANK.search(seen)
            end = found.end() - len(self._tail) if found else len(self.held)
            self._tail = b"" if found else seen[-2:]
        data, self.held = self.held[:end], self.held[end:]
        return data


@contextlib.contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except (TimeoutError, httpcore.ConnectTimeout):
        raise httpx.ConnectTimeout("") from None
    except httpcore.ConnectError as error:
        raise httpx.ConnectError(_why(error.args[0])) from None
    except ValueError:  # a name that no resolver and no certificate takes
        raise httpx.ConnectError("no connection could be made") from None


def _why(error: object) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or 'the handshake failed'}"
    if isinstance(error, socket.gaierror):
        return "the host's name does not resolve"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return "no connection could be made"
