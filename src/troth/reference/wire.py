"""Below the application: what cannot be parsed is answered in the same envelope, or closed."""

import base64
import binascii
import logging
from typing import Any
from uuid import uuid4

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from troth.reference import timing
from troth.reference.problems import MEDIA_TYPE, ProblemError, body_of

# uvicorn writes each handshake with its query; our own access record says more, and not that.
_QUIET = logging.getLogger("uvicorn.error.websocket")
_QUIET.setLevel(logging.WARNING)
_LONGEST_LINE = 8000
_MOST_HEADERS = 100


class Http(H11Protocol):
    """uvicorn's protocol, but for its plain-text 400 and its bare refusals of handshakes."""

    def _should_upgrade(self) -> bool:
        # Anything but a handshake that will succeed is an ordinary request, answered as such.
        return self._get_upgrade() == b"websocket" and _shakes_hands(
            self.scope["method"], self.scope["raw_path"], self.headers
        )

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        """Answer with a problem, and close: what follows on this connection has no meaning."""
        correlation_id = uuid4().hex
        body = body_of(ProblemError(400, "The request is not valid HTTP."), correlation_id)
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"x-correlation-id", correlation_id.encode()),
            (b"x-content-type-options", b"nosniff"),
            (timing.HEADER.lower().encode(), timing.told(0, timing.Tally()).encode()),
            (b"connection", b"close"),
        ]
        events: tuple[h11.Event, ...] = (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        )
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def _shakes_hands(method: str, target: bytes, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether it is an opening handshake of RFC 6455, section 4.2.1, that can be read."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    keys = found.get(b"sec-websocket-key", [])
    try:
        nonce = base64.b64decode(keys[0], validate=True) if len(keys) == 1 else b""
    except binascii.Error:
        return False
    return (
        method == "GET"
        and len(nonce) == 16
        and found.get(b"sec-websocket-version") == [b"13"]
        and not found.keys() & {b"content-length", b"transfer-encoding"}
        and len(headers) <= _MOST_HEADERS
        and max(len(target), *(len(name) + len(value) for name, value in headers)) < _LONGEST_LINE
    )


class WebSocket(WebSocketsSansIOProtocol):
    """uvicorn's protocol, but that a close it must send by itself always arrives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _QUIET
        # For debugging it writes every header and frame: keys, and what was said.
        self.conn.logger, self.conn.debug = _QUIET, False

    def data_received(self, data: bytes) -> None:
        """Read on after a failure: what is left unread would reset the connection."""
        if self.conn.parser_exc is None or not self.close_sent:
            super().data_received(data)

    def handle_parser_exception(self) -> None:
        """Send the close, and wait for the peer to have read it instead of hanging up."""
        sent = self.conn.close_sent
        code, reason = (sent.code, sent.reason) if sent else (1006, "")
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)
