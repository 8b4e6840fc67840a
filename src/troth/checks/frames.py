"""What a WebSocket answers, and how it ends, is what the document says of it."""

import json
from collections.abc import Iterator

from troth.exchange import ABNORMAL, Exchange, Frame
from troth.finding import Complaint
from troth.spec.operation import Socket
from troth.spec.order import parse
from troth.spec.stream import spoken
from troth.spec.validity import Validity

_ORDINARY = frozenset({1000, 1001, 1005})
"""Done, going away, and no code at all (RFC 6455 section 7.4.1): none of them tells of anything."""
_CRASHED = 1011
_REFUSING = frozenset({1002, 1003, 1007, 1008, 1009})
"""What RFC 6455 itself answers to frames that are not as they should be."""
# Codes with which troth itself ends a connection whose peer breaks the protocol.
_BROKEN = {1002: "are not as RFC 6455 says", 1007: "are no UTF-8"}


def conversation(
    exchange: Exchange, socket: Socket | None, validity: Validity
) -> tuple[Complaint, ...]:
    """FUZ113: refusals, frames, their order and closes are documented; each root once."""
    if socket is None or exchange.frames is None or exchange.response is None:
        return ()
    found = [*_refused(exchange, socket)]
    if exchange.status == 101:
        heard = tuple(each for each in exchange.frames if each.kind != "close" and not each.sent)
        for number, frame in enumerate(heard, start=1):
            found += _frame(f"frame {number}", frame, socket, validity)
        found += [*_ordered(heard, socket), *_ended(exchange.frames, socket, validity)]
    return tuple({each.root: each for each in found}.values())


def _refused(exchange: Exchange, socket: Socket) -> Iterator[Complaint]:
    status = exchange.status
    ways = {str(status), f"{status // 100}XX", f"{status // 100}xx"}
    # A crash is FUZ103's; and where no refusals are documented, none is promised.
    if status == 101 or status >= 500 or socket.refusals is None or ways & socket.refusals.keys():
        return
    known = ", ".join(socket.refusals) or "none"
    what = f"{socket.label} refuses a handshake with {status}"
    yield _complaint(f"{what}, undocumented", f"{what}; documented is {known}")


def _frame(name: str, frame: Frame, socket: Socket, validity: Validity) -> Iterator[Complaint]:
    if socket.receives is None:
        return
    if frame.kind != "text":
        what = f"a {frame.kind} frame of {socket.label}"
        yield _complaint(what, f"{name} is {frame.kind}; the described ones are JSON text")
        return
    try:
        value = json.loads(frame.data)
    except (ValueError, RecursionError):
        yield _complaint(f"a frame of {socket.label} is no JSON", f"{name} is no JSON")
        return
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str):
        what = f"a frame of {socket.label} has no type"
        yield _complaint(what, f"{name} has no string member `type`")
        return
    if kind not in socket.receives:
        what = f"a frame of {socket.label} is of no documented type"
        yield _complaint(what, f"{name} is of type `{kind[:40]}`, which the document does not name")
        return
    for wrong in (validity.violations(socket.receives[kind], value) or ())[:1]:
        steps = wrong.pointer.split("/")[1:]
        at = "".join(f"/{'*' if step.isdigit() else step}" for step in steps) or "/"
        root = f"`{kind}` frames of {socket.label}: {wrong.kind} at {at}"
        yield _complaint(root, f"{name} (`{kind}`): {wrong.message}")


def _ordered(heard: tuple[Frame, ...], socket: Socket) -> Iterator[Complaint]:
    if not socket.order or socket.receives is None:
        return
    types = [each.type for each in spoken(heard)]
    if any(each not in socket.receives for each in types):
        return  # That is what there is to say.
    wrong = parse(socket.order, socket.anytime).wrong(types)
    if wrong is None:
        return
    after = f"after `{types[wrong - 1]}`" if wrong else "first"
    what = f"a `{types[wrong]}` frame of {socket.label} comes {after}"
    yield _complaint(what, f"frame {wrong + 1}: {what}, unlike `{socket.order}`")


def _wanted(frame: Frame, socket: Socket, validity: Validity) -> bool:
    """Whether a frame that was sent is one that the document describes."""
    try:
        value = json.loads(frame.data)
    except (ValueError, RecursionError):
        return False
    kind = value.get("type") if isinstance(value, dict) else None
    if frame.kind != "text" or not isinstance(kind, str) or kind not in socket.sends:
        return frame.kind == "text" and not socket.sends
    return not validity.violations(socket.sends[kind], value)


def _ended(frames: tuple[Frame, ...], socket: Socket, validity: Validity) -> Iterator[Complaint]:
    last = frames[-1] if frames else None
    if last is None or last.kind != "close":
        return
    if last.sent:
        if last.code in _BROKEN:
            what = f"frames of {socket.label} {_BROKEN[last.code]}"
            yield _complaint(what, f"{what}: troth closed with {last.code}")
        return
    sent = [each for each in frames if each.sent and each.kind != "close"]
    unwanted = not all(_wanted(each, socket, validity) for each in sent)
    if last.code == ABNORMAL and any(each.kind == "broken" for each in sent):
        return  # Section 7.1.7: who fails a connection should send a close frame, and need not.
    if unwanted and last.code == _CRASHED:
        what = f"{socket.label} closes with 1011 on a frame that it does not want"
        yield _complaint(what, f"{what}: an error of the service, not of the client")
    elif last.code == ABNORMAL:
        what = f"{socket.label} drops the connection without a close frame"
        yield _complaint(what, f"{what} (1006)")
    elif socket.closes is not None and last.code not in (
        _ORDINARY | socket.closes.keys() | (_REFUSING if unwanted else frozenset())
    ):
        what = f"{socket.label} closes with {last.code}"
        known = ", ".join(map(str, socket.closes)) or "none"
        yield _complaint(f"{what}, undocumented", f"{what}; documented is {known}")


def _complaint(root: str, message: str) -> Complaint:
    return Complaint("FUZ113", root, message)
