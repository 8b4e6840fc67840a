"""Opens a WebSocket, says what a script has, and records what is heard: nothing is sent unseen.

Each conversation has a connection of its own. What the peer does becomes an Outcome: an answer
that is not 101 is an ordinary response; a connection that goes without a close frame has 1006.
"""

import logging
import ssl
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, cast

from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    InvalidURI,
)
from websockets.sync.client import ClientConnection, connect

from troth.case import Script
from troth.exchange import ABNORMAL, Breakage, Frame, Headers, Request, Response
from troth.transport.bounded import AT_ONCE, Bounds
from troth.transport.http import Outcome
from troth.transport.request import UnsendableRequest, wire_headers
from troth.transport.trust import unix_socket

_CLOSING: Final = 1.0  # seconds for the peer to answer a close frame
# What the handshake itself says (RFC 6455 section 4.1).
_OWN: Final = frozenset(
    {"host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version"}
)

# Its debug lines hold the headers that go out, credentials too.
_silent = logging.getLogger("troth.transport.websocket")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
_silent.setLevel(logging.CRITICAL)


def converse(
    request: Request,
    script: Script,
    *,
    timeout: float,
    bounds: Bounds,
    tls: ssl.SSLContext | None = None,
    unix: str | None = None,
) -> tuple[Request, Outcome]:
    """The handshake as it went out, and what came of it; at most ``timeout`` seconds to the close.

    Raises UnsendableRequest before anything is sent; everything else is an Outcome.
    """
    wire_headers(request)  # it refuses what no connection can carry
    deadline = time.monotonic() + timeout
    began = time.monotonic()
    made: list[ClientConnection] = []

    def connection(*arguments: Any, **options: Any) -> ClientConnection:
        made.append(ClientConnection(*arguments, **options))
        return made[0]

    def asked() -> Request:
        sent = made[0].request if made else None
        return request if sent is None else replace(request, headers=_pairs(sent.headers))

    try:
        given: dict[str, Any] = {} if unix is None else {"sock": unix_socket(unix, timeout)}
        opened = connect(
            "ws" + request.url[len("http") :],
            ssl=tls if request.url.startswith("https") else None,
            additional_headers=[pair for pair in request.headers if pair[0].lower() not in _OWN],
            user_agent_header=None,
            compression=None,
            proxy=None,
            open_timeout=timeout,
            ping_interval=None,
            close_timeout=_CLOSING,
            max_size=bounds.max_body,
            logger=_silent,
            create_connection=cast("type[ClientConnection]", connection),
            **given,
        )
    except InvalidURI as error:
        raise UnsendableRequest("the URL is none that a WebSocket can be opened at") from error
    except InvalidStatus as refused:
        elapsed = time.monotonic() - began
        answer = refused.response
        body = bytes(answer.body or b"")
        return asked(), Outcome(Response(answer.status_code, _pairs(answer.headers), body, elapsed))
    except Exception as error:
        outcome = _broken(error, timeout, reached=bool(made))
        if outcome is None:
            raise
        return asked(), outcome
    elapsed = time.monotonic() - began
    headers = _pairs(opened.response.headers) if opened.response is not None else ()
    frames = tuple(_talk(opened, script, bounds, deadline))
    return asked(), Outcome(Response(101, headers, b"", elapsed), frames=frames)


def _pairs(headers: Any) -> Headers:
    return tuple((str(name), str(value)) for name, value in headers.raw_items())


def _broken(error: Exception, timeout: float, *, reached: bool) -> Outcome | None:
    if isinstance(error, TimeoutError):
        if reached:
            detail = f"no answer to the handshake within {timeout:g} s"
            return Outcome(breakage=Breakage.TIMEOUT, detail=detail)
        detail = f"no connection within {timeout:g} s"
        return Outcome(breakage=Breakage.UNREACHABLE, detail=detail)
    if isinstance(error, OSError) and not reached:
        return Outcome(breakage=Breakage.UNREACHABLE, detail=str(error))
    gone = isinstance(error, InvalidMessage) and isinstance(error.__cause__, EOFError)
    if gone or isinstance(error, OSError | EOFError):
        detail = "the connection was closed in the handshake: no response"
        return Outcome(breakage=Breakage.DROPPED, detail=detail)
    if isinstance(error, InvalidHandshake):
        detail = f"no handshake of a WebSocket: {type(error).__name__}"
        return Outcome(breakage=Breakage.GARBAGE, detail=detail)
    return None


def _talk(opened: ClientConnection, script: Script, bounds: Bounds, deadline: float) -> list[Frame]:
    frames: list[Frame] = []
    heard = 0
    try:
        for each in script.send:
            if each.kind == "text":
                opened.send(each.data, text=True)
            elif each.kind == "binary":
                opened.send(each.data, text=False)
            elif each.kind in {"wire", "broken"}:
                _push(opened, each.data)
            frames.append(each)
        while heard < bounds.events and not script.enough(tuple(frames)):
            waits = bounds.idle if heard < script.awaited else min(bounds.idle, AT_ONCE)
            message = opened.recv(timeout=max(0.0, min(waits, deadline - time.monotonic())))
            heard += 1
            text = isinstance(message, str)
            data = message.encode() if isinstance(message, str) else bytes(message)
            frames.append(Frame("text" if text else "binary", data))
        opened.close()
    except TimeoutError:
        opened.close()
    except ConnectionClosed as end:
        frames.append(_ending(end))
        opened.close()
    return frames


def _push(opened: ClientConnection, data: bytes) -> None:
    """Past the library, which sends nothing that is wrong."""
    with opened.protocol_mutex, suppress(OSError):  # What became of it, the next `recv` says.
        opened.socket.sendall(data)


def _ending(end: ConnectionClosed) -> Frame:
    if end.rcvd is not None:
        return Frame("close", end.rcvd.reason.encode(), code=int(end.rcvd.code))
    if end.sent is not None:
        # What came was no frame, no UTF-8 or too long: it was ours to close.
        return Frame("close", b"", sent=True, code=int(end.sent.code))
    return Frame("close", b"", code=ABNORMAL)
