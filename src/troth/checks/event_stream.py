"""An event stream is framed as a client reads it, comes in its order, and ends with its end."""

import re
from collections.abc import Iterator

from troth.checks.envelope import documented
from troth.exchange import Exchange, Response
from troth.finding import Complaint
from troth.spec.operation import Media, Operation
from troth.spec.order import parse
from troth.spec.stream import EVENTS, decoded, whole

_LINES = re.compile(r"\r\n|\n|\r")
_FIELDS = frozenset({"event", "data", "id", "retry"})


def event_stream(
    exchange: Exchange, operation: Operation | None, terminal: tuple[str, ...] = ()
) -> tuple[Complaint, ...]:
    """FUZ112: framing, order and end of a stream that was served; each root once.

    ``terminal`` are types of which the target file says that they end the stream; what the
    document says of the order counts beside them.
    """
    response = exchange.response
    if response is None or operation is None or not exchange.ok or response.media_type != EVENTS:
        return ()
    if exchange.request.method == "HEAD":
        return ()  # It has no body, whatever its type.
    described = documented(operation, response.status)
    media = described.media(EVENTS) if described is not None else None
    found = [*_framed(response, operation.label)]
    types = tuple(each.type for each in decoded(response.body))
    if media is not None:
        found += _ordered(types, media, operation.label, ended=not response.truncated)
    if terminal:
        found += _ended(types, terminal, operation.label, ended=not response.truncated)
    return tuple({each.root: each for each in found}.values())


def _framed(response: Response, label: str) -> Iterator[Complaint]:
    """HTML Living Standard, section 9.2.6: what a client passes over is lost without a word."""
    try:
        text = whole(response.body).decode("utf-8")
    except UnicodeDecodeError:
        yield _complaint(f"an event stream of {label} is no UTF-8", "section 9.2.5 knows no other")
        return
    for line in _LINES.split(text.removeprefix("\ufeff")):
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if line and not colon and name not in _FIELDS:
            yield _complaint(
                f"a line of {label} belongs to no field",
                f"{line[:60]!r}: clients pass over it; each line of data begins with `data:`",
            )
        elif name == "retry" and not (value.isascii() and value.isdigit()):
            yield _complaint(f"a `retry` of {label} is no number", "clients pass over it")
        elif name == "id" and "\0" in value:
            yield _complaint(f"an `id` of {label} holds a NUL", "clients pass over it")
    rest = response.body[len(whole(response.body)) :]
    if rest.strip() and not rest.startswith(b":") and not response.truncated:
        yield _complaint(
            f"the last event of {label} is not ended by a blank line", "clients never see it"
        )


def _ordered(
    types: tuple[str, ...], media: Media, label: str, *, ended: bool
) -> Iterator[Complaint]:
    broke = next((at for at, each in enumerate(types) if each in media.event_break), None)
    if broke is not None and broke + 1 < len(types):
        what = f"a `{types[broke + 1]}` event of {label} follows `{types[broke]}`"
        yield _complaint(what, "the document says that the stream breaks off there")
    if not media.event_order:
        return
    try:
        order = parse(media.event_order)
    except ValueError:
        return  # The document's own fault, and no promise.
    types = types[:broke]
    unknown = next((each for each in types if each not in order.types()), None)
    if unknown is not None:
        if media.item_schema is None:  # Else it is FUZ102's: no alternative fits the event.
            what = f"an event of {label} is of no type that its order names"
            yield _complaint(what, f"`{unknown[:40]}`, unlike `{media.event_order}`")
        return
    wrong = order.wrong(types)
    if wrong is not None:
        after = f"after `{types[wrong - 1]}`" if wrong else "first"
        what = f"a `{types[wrong]}` event of {label} comes {after}"
        yield _complaint(what, f"event {wrong + 1}, unlike `{media.event_order}`")
    elif ended and broke is None and not order.whole(types):
        last = f"`{types[-1]}`" if types else "nothing at all"
        yield _complaint(
            f"{label} ends before its last event",
            f"after {last} more is to come: `{media.event_order}`",
        )


def _ended(
    types: tuple[str, ...], terminal: tuple[str, ...], label: str, *, ended: bool
) -> Iterator[Complaint]:
    at = next((at for at, each in enumerate(types) if each in terminal), None)
    if at is not None and at + 1 < len(types):
        yield _complaint(
            f"{label} goes on after its last event", f"`{types[at + 1]}` after `{types[at]}`"
        )
    elif at is None and ended:
        names = " or ".join(f"`{each}`" for each in terminal)
        last = f"`{types[-1]}`" if types else "nothing at all"
        yield _complaint(f"{label} ends before its last event", f"after {last}, not {names}")


def _complaint(root: str, detail: str) -> Complaint:
    return Complaint("FUZ112", root, f"{root}: {detail}")
