"""Event streams: the events in the bytes that came, and what the document says of each."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx
from httpx_sse import EventSource

from troth.exchange import Frame
from troth.spec.operation import ResponseSpec, Schema, Spec
from troth.spec.schema import branches, resolve
from troth.spec.validity import Validity

EVENTS: Final = "text/event-stream"
_BLANK = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_JSON = re.compile(r"application/(?:[-\w.]+\+)?json", re.IGNORECASE)
_DEEPEST: Final = 8

__all__ = [
    "EVENTS",
    "Event",
    "Wrong",
    "contents",
    "decoded",
    "item_schema",
    "spoken",
    "whole",
    "wrong_content",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``type`` is ``message`` where none is given (HTML Living Standard, 9.2.6)."""

    type: str
    data: str
    id: str = ""
    retry: int | None = None

    def fields(self) -> dict[str, Any]:
        """The event as an `itemSchema` sees it (OpenAPI 3.2, "Server-Sent Events")."""
        found: dict[str, Any] = {"event": self.type, "data": self.data}
        if self.id:
            found["id"] = self.id
        if self.retry is not None:
            found["retry"] = self.retry
        return found


@dataclass(frozen=True, slots=True)
class Wrong:
    """What the content of an event's data violates: where in it, and what."""

    pointer: str
    kind: str
    message: str


def whole(body: bytes) -> bytes:
    """``body`` up to the end of its last whole event: a client never sees the rest."""
    end = 0
    for blank in _BLANK.finditer(body):
        end = blank.end()
    return body[:end]


def decoded(body: bytes) -> tuple[Event, ...]:
    """The whole events of ``body``; comments and events without data are none."""
    content = whole(body).removeprefix(b"\xef\xbb\xbf")
    answer = httpx.Response(200, headers={"content-type": EVENTS}, content=content)
    return tuple(
        Event(each.event or "message", each.data, each.id, each.retry)
        for each in EventSource(answer).iter_sse()
        if each.data
    )


def spoken(frames: Iterable[Frame]) -> tuple[Event, ...]:
    """The messages that were heard over a WebSocket as events; what has no type has type ``""``."""
    return tuple(
        Event(_type(each.data), each.data.decode("utf-8", "replace"))
        for each in frames
        if not each.sent and each.kind != "close"
    )


def _type(data: bytes) -> str:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    kind = value.get("type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def item_schema(documented: ResponseSpec | None) -> Schema | None:
    """What every event of the response must be; None where the document does not say."""
    for name, media in documented.content.items() if documented is not None else ():
        if name.split(";")[0].strip().lower() == EVENTS:
            return media.item_schema
    return None


def wrong_content(spec: Spec, validity: Validity, schema: Schema, event: Event) -> Wrong | None:
    """What the data of ``event`` violates of its `contentMediaType` and `contentSchema`.

    JSON Schema leaves these to others, so no validator looks at them. Of alternatives those count
    that the event itself fits: its type says which one is meant.
    """
    return _wrong(spec, validity, schema, event, 0)


def contents(
    spec: Spec, validity: Validity, schema: Schema, event: Event, depth: int = 0
) -> Iterator[tuple[Schema, Any]]:
    """What the data of ``event`` holds as JSON, beside each `contentSchema` that is meant of it."""
    own = resolve(spec, schema)
    members = own.get("properties")
    if isinstance(members, Mapping) and "data" in members:
        for branch in branches(spec, members["data"]):
            if "contentSchema" in branch:
                with suppress(ValueError, RecursionError):
                    yield branch["contentSchema"], json.loads(event.data)
    if depth < _DEEPEST:
        fits = [
            each
            for word in ("oneOf", "anyOf")
            for each in _listed(own, word)
            if validity.violations(each, event.fields()) == ()
        ]
        for each in (*_listed(own, "allOf"), *fits):
            yield from contents(spec, validity, each, event, depth + 1)


def _wrong(
    spec: Spec, validity: Validity, schema: Schema, event: Event, depth: int
) -> Wrong | None:
    own = resolve(spec, schema)
    members = own.get("properties")
    if isinstance(members, Mapping) and "data" in members:
        found = _content(spec, validity, members["data"], event.data)
        if found is not None:
            return found
    if depth >= _DEEPEST:
        return None
    for each in _listed(own, "allOf"):
        found = _wrong(spec, validity, each, event, depth + 1)
        if found is not None:
            return found
    for word in ("oneOf", "anyOf"):
        fitting = [
            each for each in _listed(own, word) if validity.violations(each, event.fields()) == ()
        ]
        wrong = [_wrong(spec, validity, each, event, depth + 1) for each in fitting]
        if wrong and None not in wrong:
            return wrong[0]
    return None


def _listed(schema: Mapping[str, Any], word: str) -> list[Schema]:
    found = schema.get(word)
    return found if isinstance(found, list) else []


def _content(spec: Spec, validity: Validity, schema: Schema, data: str) -> Wrong | None:
    for branch in branches(spec, schema):
        kind = str(branch.get("contentMediaType") or "").split(";")[0].strip()
        if not _JSON.fullmatch(kind):
            continue
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return Wrong("", "no JSON", f"its data is no JSON, unlike `{kind}`")
        inner = branch.get("contentSchema")
        violated = validity.violations(inner, value) if inner is not None else ()
        if violated:
            first = violated[0]
            return Wrong(first.pointer, first.kind, first.message)
    return None
