"""Reads a body up to a bound of bytes, seconds and events, before and after decompression."""

import re
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import httpx

from troth.exchange import Headers, header
from troth.transport.connection import Call

EVENTS: Final = "text/event-stream"
STREAMS: Final = frozenset(
    {
        EVENTS,
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/json-seq",
        "application/stream+json",
        "multipart/x-mixed-replace",
    }
)
"""Media types that need not end: at the deadline they are cut, which is not a timeout."""

# A blank line after a line (HTML Living Standard, 9.2.6): CRLF, LF or CR end a line.
_BLANK = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_FIELD = re.compile(rb"(?:\A|[\r\n])[^:\r\n]")
AT_ONCE: Final = 0.1  # seconds of waiting for an event beyond those that are awaited
_MOMENT: Final = 0.01  # seconds in which an end that was sent with the last event is seen


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a body is read: decoded bytes; of an event stream events, and idle seconds.

    After ``awaited`` events only those are read that come at once. ``heard`` is given the whole of
    an event stream so far, each time that more of it has come.
    """

    max_body: int = 1_048_576
    events: int = 20
    idle: float = 2.0
    awaited: int | None = None
    heard: Callable[[bytes], None] | None = None


@dataclass(slots=True)
class Body:
    """What was read so far, decoded; ``truncated`` when more was to come."""

    data: bytearray = field(default_factory=bytearray)
    truncated: bool = False


def read(
    pieces: Iterator[bytes], headers: Headers, bounds: Bounds, *, call: Call, body: Body
) -> None:
    """Fills ``body`` from the raw pieces that ``call`` brings, until its deadline.

    Raises httpx's exceptions; ``body`` then holds what came.
    """
    kind = (header(headers, "content-type") or "").split(";")[0].strip().lower()
    inflate = Inflate((header(headers, "content-encoding") or "").strip().lower())
    deadline, mark, seen, raw = call.deadline, 0, 0, 0
    while True:
        if kind == EVENTS:
            waits = bounds.awaited is None or seen < bounds.awaited
            idle = bounds.idle if waits else min(bounds.idle, AT_ONCE)
            call.deadline = min(deadline, time.monotonic() + idle)
        try:
            piece = next(pieces, None)
        except httpx.ReadTimeout:
            if kind not in STREAMS:
                raise
            body.truncated = True
            return
        if piece is None:
            return
        raw += len(piece)
        body.data += inflate(piece, bounds.max_body + 1 - len(body.data))
        if len(body.data) > bounds.max_body or raw > bounds.max_body + 65_536:
            del body.data[bounds.max_body :]
            body.truncated = True
            return
        if kind != EVENTS:
            continue
        mark, seen = _count(bytes(body.data), mark, seen, bounds.events)
        if bounds.heard is not None:
            bounds.heard(bytes(body.data))
        if seen == bounds.events:
            call.deadline = min(deadline, time.monotonic() + _MOMENT)
            body.truncated = len(body.data) > mark or not _over(pieces)
            del body.data[mark:]
            return


def _count(data: bytes, mark: int, seen: int, most: int) -> tuple[int, int]:
    # Where the last whole block ends, and how many events there were up to it.
    for blank in _BLANK.finditer(data, mark):
        # A block of comments alone (a ping) is no event.
        seen += bool(_FIELD.search(data[mark : blank.end()]))
        mark = blank.end()
        if seen == most:
            break
    return mark, seen


def _over(pieces: Iterator[bytes]) -> bool:
    # A stream that ended with its last event was read whole.
    try:
        return next(pieces, None) is None
    except httpx.TransportError:
        return False


class Inflate:
    """Decodes ``gzip`` and ``deflate`` piece by piece; any other coding is left as it came."""

    def __init__(self, coding: str) -> None:
        self._pieces = None
        self._raw_too = coding == "deflate"
        if coding in {"gzip", "x-gzip"}:
            self._pieces = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif coding == "deflate":
            self._pieces = zlib.decompressobj()

    def __call__(self, data: bytes, room: int) -> bytes:
        """At most ``room`` (> 0) decoded bytes of ``data``. Raises httpx.DecodingError.

        What does not fit is dropped: the caller stops at the bound.
        """
        if self._pieces is None:
            return data[:room]
        try:
            decoded = self._pieces.decompress(data, room)
        except zlib.error:
            if not self._raw_too:
                raise httpx.DecodingError(
                    "the body is not what its Content-Encoding says"
                ) from None
            # Many services send raw deflate where RFC 9110 section 8.4.1.2 wants zlib's wrapper.
            self._raw_too, self._pieces = False, zlib.decompressobj(-zlib.MAX_WBITS)
            return self(data, room)
        self._raw_too = False
        return decoded
