"""Frames that a WebSocket does not want: no JSON, no UTF-8, too long, or against RFC 6455."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from troth.exchange import Frame

# Masked by nothing, so that redaction finds in these bytes what it finds in any others.
_MASK: Final = bytes(4)
_CONTINUATION, _TEXT, _RESERVED, _CLOSE, _PING = 0x0, 0x1, 0x3, 0x8, 0x9
DEEP: Final = 20_000
PINGS: Final = 20


@dataclass(frozen=True, slots=True)
class Unwanted:
    """What is said in one conversation; ``kind`` is free of generated values.

    ``served`` says that it is as good as the frame that was served: it comes in pieces only.
    """

    kind: str
    frames: tuple[Frame, ...]
    served: bool = False


def on_the_wire(
    opcode: int, payload: bytes, *, end: bool = True, reserved: int = 0, masked: bool = True
) -> bytes:
    """One frame of a client as RFC 6455 section 5.2 writes it."""
    first = (0x80 if end else 0) | reserved << 4 | opcode
    mask = 0x80 if masked else 0
    if len(payload) < 126:
        head = struct.pack("!BB", first, mask | len(payload))
    elif len(payload) < 65_536:
        head = struct.pack("!BBH", first, mask | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, mask | 127, len(payload))
    if not masked:
        return head + payload
    return head + _MASK + payload


def unwanted(frame: bytes | None) -> Iterator[Unwanted]:
    """One conversation a kind, the most telling first; ``frame`` is one that was served."""
    yield _text("malformed JSON", b'{"type": ')
    yield _text("text that is no UTF-8", b'{"type": "\xff\xfe"}')
    yield _wire("a frame of 2^62 bytes", struct.pack("!BBQ", 0x81, 0xFF, 1 << 62) + _MASK + b"{")
    yield _text("deeply nested JSON", b"[" * DEEP)
    yield _text("a frame of an unknown type", b'{"type": "troth-no-such-type"}')
    yield Unwanted("a binary frame", (Frame("binary", b"\x00\x01\xfe\xff", sent=True),))
    yield _text("an empty frame", b"")
    yield _text("JSON that is no object", b"null")
    if frame is not None:
        # What is secret in it stays in one piece: redaction would not know the halves.
        pieces = (frame[:1], b"", frame[1:])
        codes = (_TEXT, _CONTINUATION, _CONTINUATION)
        whole = b"".join(
            on_the_wire(code, piece, end=place == len(pieces) - 1)
            for place, (code, piece) in enumerate(zip(codes, pieces, strict=True))
        )
        yield _wire("a frame in fragments", whole, served=True)
        pings = on_the_wire(_PING, b"troth") * PINGS
        yield _wire("a handful of pings", pings + on_the_wire(_TEXT, frame), served=True)
    whole = json.dumps({"type": "troth"}).encode()
    yield _broken("a reserved opcode", on_the_wire(_RESERVED, whole))
    yield _broken("a frame that is not masked", on_the_wire(_TEXT, whole, masked=False))
    yield _broken("reserved bits", on_the_wire(_TEXT, whole, reserved=4))
    yield _broken("a continuation of nothing", on_the_wire(_CONTINUATION, whole))
    yield _broken("a ping that is too long", on_the_wire(_PING, b"p" * 126))
    yield _broken("an impossible close code", on_the_wire(_CLOSE, struct.pack("!H", 1005)))
    yield _broken("half a close code", on_the_wire(_CLOSE, b"\x03"))


def _text(kind: str, data: bytes) -> Unwanted:
    return Unwanted(kind, (Frame("text", data, sent=True),))


def _wire(kind: str, data: bytes, *, served: bool = False) -> Unwanted:
    return Unwanted(kind, (Frame("wire", data, sent=True),), served=served)


def _broken(kind: str, data: bytes) -> Unwanted:
    return Unwanted(kind, (Frame("broken", data, sent=True),))
