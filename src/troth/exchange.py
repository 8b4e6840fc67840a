"""What passed over the wire: requests, responses and exchanges, as immutable values."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Headers = tuple[tuple[str, str], ...]

ABNORMAL = 1006
"""The close code of a connection that went without one (RFC 6455 section 7.1.5)."""


def header(headers: Headers, name: str) -> str | None:
    """The values of one header, joined as RFC 9110 section 5.3 says, or None when absent."""
    wanted = name.lower()
    values = [value for key, value in headers if key.lower() == wanted]
    return ", ".join(values) if values else None


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was sent: absolute URL, ordered headers, raw body."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The joined value of the header ``name`` (any case), or None."""
        return header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """One response as it arrived; ``body`` is cut at the recorder's bound (``truncated``).

    ``elapsed`` is in seconds, until the last byte that was read.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    elapsed: float = 0.0
    truncated: bool = False

    def header(self, name: str) -> str | None:
        """The joined value of the header ``name`` (any case), or None."""
        return header(self.headers, name)

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty when not declared."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON. Raises ValueError (also for invalid UTF-8) when it is not."""
        return json.loads(self.body.decode("utf-8"))


class Breakage(StrEnum):
    """Why there is no response."""

    UNREACHABLE = "unreachable"  # no connection could be made
    DROPPED = "dropped"  # a fresh connection was closed before a whole response came
    TIMEOUT = "timeout"  # no whole response within the time allowed
    GARBAGE = "garbage"  # what came back was not HTTP
    REFUSED = "refused"  # over HTTP/2: the peer says that it did not take the request


@dataclass(frozen=True, slots=True)
class Frame:
    """A message of a WebSocket, or its end: ``kind`` is ``text``, ``binary`` or ``close``.

    What was ``sent`` may also be of kind ``wire``, bytes as they go over the connection, or
    ``broken``, such bytes that are against RFC 6455.
    Of a close ``code`` is its code, and ``data`` the reason. One that was ``sent`` by troth and
    is not 1000 says what of the service's frames could not be read.
    """

    kind: str
    data: bytes = b""
    sent: bool = False
    code: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, what came back, who asked and when.

    ``operation`` is the label of the documented operation (``GET /things/{id}``) or None for a
    request that belongs to none. ``purpose`` says in a few words why it was sent.
    """

    number: int
    principal: str
    operation: str | None
    request: Request
    response: Response | None = None
    breakage: Breakage | None = None
    detail: str = ""
    purpose: str = ""
    started: str = ""
    sources: tuple[str, ...] = ()
    """Places of the request whose values the target file told how to find: ``token``,
    ``sign:Header``, ``body#/pointer``, ``query.name``, ``header.name``, ``path:-1`` (the last
    segment). Sent again, they are found anew. `` <- 12 $response.body#/id`` behind a place says
    that its value comes from exchange 12; `` <- new``, that it must not have been used before.
    ``waited:5``, ``restarted`` and ``during`` say what happened before it, or when."""
    frames: tuple[Frame, ...] | None = None
    """Of a WebSocket, whose handshake ``request`` is, what followed it; None of all else."""
    together: int = 0
    """Of requests that were sent at once, each on a connection of its own: the number of the first
    of them. 0 of all others."""

    @property
    def status(self) -> int:
        """The status code; 0 when no response came."""
        return self.response.status if self.response is not None else 0

    @property
    def ok(self) -> bool:
        """Whether it was served: 2xx, or a WebSocket was opened."""
        return 200 <= self.status < 300 or (self.frames is not None and self.status == 101)

    @property
    def refused(self) -> bool:
        """Whether it was refused: 4xx."""
        return 400 <= self.status < 500

    def __str__(self) -> str:
        outcome = str(self.status) if self.response is not None else str(self.breakage)
        return f"{self.principal}: {self.request.method} {self.request.url} -> {outcome}"


History = tuple[Exchange, ...]
