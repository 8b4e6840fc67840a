"""The minimal assertion of an operation: what beyond a documented success must be answered."""

import json
from collections.abc import Mapping
from typing import Any, Final

from troth.exchange import Exchange
from troth.expression import ExpressionError, evaluate, pointed
from troth.spec.stream import EVENTS, decoded, spoken

SENT: Final = "$request."
WORDS = ("status", "events", "last-data")
"""What may be expected beside values at JSON pointers."""

TYPES: Mapping[str, tuple[type, ...]] = {
    "list": (list,),
    "object": (dict,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
}


def check_expectation(
    expect: Mapping[str, Any],
    exchange: Exchange,
    *,
    path_values: Mapping[str, Any] | None = None,
) -> str | None:
    """What of ``expect`` does not hold, in a sentence; None when all of it does.

    ``status`` is a code, a range such as ``2XX``, or a list of them. Of an event stream ``events``
    are the types of its first events in their order, and ``last-data`` is the data of its last
    one; of a WebSocket they are its frames. Every other key is a JSON pointer (RFC 6901) with a
    value or one of the words `list`, `object`, `string`, `number`, `boolean`, `present`, or with
    what was sent:
    ``$request.path.id``, ``$request.body#/name``, ``$request.query.q``, ``$request.header.X``.
    ``path_values`` are the path parameters that were sent. An escape: ``{"equals": "list"}``
    means that very string.
    """
    if exchange.response is None:
        return f"there was no response ({exchange.breakage})"
    if "status" in expect:
        wanted = expect["status"]
        allowed = wanted if isinstance(wanted, list | tuple) else [wanted]
        if not any(_status_is(each, exchange.status) for each in allowed):
            shown = " or ".join(str(each) for each in allowed)
            return f"status {exchange.status} instead of {shown}"
    streamed = _of_events(expect, exchange)
    if streamed is not None:
        return streamed
    pointers = {name: value for name, value in expect.items() if name not in WORDS}
    if not pointers:
        return None
    try:
        document = exchange.response.json()
    except (ValueError, RecursionError):
        kind = exchange.response.media_type or "no declared type"
        return f"the body is not JSON ({kind}), but {next(iter(pointers))!r} was expected in it"
    for pointer, wanted in pointers.items():
        try:
            sent = _sent(wanted, exchange, path_values)
        except ExpressionError as error:
            return f"nothing to compare `{pointer}` with: {error}"
        complaint = _compare(pointer, sent, document)
        if complaint:
            return complaint
    return None


def unfinished(expect: Mapping[str, Any], exchange: Exchange) -> bool:
    """Whether the stream was cut before it can be seen what ``expect`` says of it; of a WebSocket,
    whether it was silent for so long that nothing more was waited for.
    """
    response = exchange.response
    wanted = len(expect.get("events", ()))
    if exchange.frames is not None:
        ended = any(each.kind == "close" for each in exchange.frames)
        return exchange.status == 101 and not ended and len(spoken(exchange.frames)) < wanted
    if response is None or not response.truncated:
        return False
    return "last-data" in expect or len(decoded(response.body)) < wanted


def _of_events(expect: Mapping[str, Any], exchange: Exchange) -> str | None:
    if not {"events", "last-data"} & set(expect) or exchange.response is None:
        return None
    kind = exchange.response.media_type
    if exchange.frames is not None:
        found = spoken(exchange.frames)
    elif kind == EVENTS:
        found = decoded(exchange.response.body)
    else:
        return f"events were expected, and it came as {kind or 'no declared type'}"
    wanted = list(expect.get("events", ()))
    types = [each.type for each in found[: len(wanted)]]
    if types != wanted:
        return f"the first events are {_shown(types)} instead of {_shown(wanted)}"
    if "last-data" in expect:
        last = found[-1].data if found else None
        if last != expect["last-data"]:
            return f"the last data is {_shown(last)} instead of {_shown(expect['last-data'])}"
    return None


def _sent(wanted: Any, exchange: Exchange, path_values: Mapping[str, Any] | None) -> Any:
    """``wanted``, and for an expression what was sent, whatever word that is."""
    if not isinstance(wanted, str) or not wanted.startswith(SENT):
        return wanted
    value = evaluate(wanted, exchange, path_values=path_values)
    return {"equals" if wanted.startswith(f"{SENT}body") else "written": value}


def _status_is(wanted: Any, status: int) -> bool:
    text = str(wanted).upper()
    return text == str(status) or (text.endswith("XX") and text[:1] == str(status)[:1])


def _compare(pointer: str, wanted: Any, document: Any) -> str | None:
    place = f"`{pointer}`" if pointer else "the body"
    if pointer and not pointer.startswith("/"):
        return f"{place} is no JSON pointer; write `/{pointer}`"
    try:
        value = pointed(document, pointer, text=pointer)
    except ExpressionError as error:
        return f"nothing at {place}: {error}"
    if wanted == "present":
        return None
    if isinstance(wanted, Mapping) and set(wanted) == {"written"}:
        # Outside a body everything is text: the path says 7 of the id 7.
        wanted = wanted["written"]
        value = str(value) if type(value) in (int, float) else value
    elif isinstance(wanted, Mapping) and set(wanted) == {"equals"}:
        wanted = wanted["equals"]
    elif isinstance(wanted, str) and wanted in TYPES:
        # In Python a bool is an int; in JSON it is no number.
        fits = isinstance(value, TYPES[wanted])
        if fits and not (wanted == "number" and isinstance(value, bool)):
            return None
        return f"{place} is {_kind(value)}, not a {wanted}"
    if value == wanted and isinstance(value, bool) == isinstance(wanted, bool):
        return None
    return f"{place} is {_shown(value)} instead of {_shown(wanted)}"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    words = (word for word, types in TYPES.items() if isinstance(value, types))
    return f"a {next(words, 'value')}".replace("a object", "an object")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
