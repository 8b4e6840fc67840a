"""Reads `x-websocket` of path items: what is said and heard over a WebSocket, and how it ends.

OpenAPI has no words for it. The description has, all of them optional, `operationId`, `summary`,
`security`, `parameters` and `deprecated` as operations do; `send` and `receive`, schemas of
frames by their `type`; `order`, `anytime`, `closes` and `refusals`. Other members are let be.
"""

import re
from collections.abc import Mapping
from typing import Any

from troth.spec.operation import BrokenOperation, Operation, ResponseSpec, Schema, Socket
from troth.spec.order import parse
from troth.spec.parts import parameters
from troth.spec.read import security
from troth.spec.shape import said
from troth.spec.sound import Fault, Ground, Place

MEMBER = "x-websocket"
_STATUS = re.compile(r"[3-5](?:[0-9][0-9]|XX|xx)")


def sockets(ground: Ground) -> tuple[tuple[Socket, ...], tuple[BrokenOperation, ...]]:
    """All WebSockets of the document, the sound ones and the broken ones."""
    sound: list[Socket] = []
    broken: list[BrokenOperation] = []
    paths = Place(ground.document["paths"], "/paths")
    for path in paths.value:
        item = paths.at(path)
        if path.startswith("x-") or not isinstance(item.value, Mapping):
            continue
        if MEMBER in item.value:
            try:
                sound.append(_socket(ground, path, item))
            except Fault as fault:
                broken.append(BrokenOperation(f"WS {path}", fault.pointer, fault.message))
    return tuple(sound), tuple(broken)


def _socket(ground: Ground, path: str, item: Place) -> Socket:
    place = item.at(MEMBER)
    if not isinstance(place.value, Mapping):
        raise Fault(
            place.pointer, f"it is {said(place.value)}; describe the WebSocket in an object"
        )
    if not path.startswith("/"):
        raise Fault(item.pointer, f"the path `{path}` does not begin with `/`; write `/{path}`")
    ground.check(place, "websocket")
    refusals = _said(place.at("refusals"), "statuses")
    for status in refusals or ():
        if not _STATUS.fullmatch(status):
            where = place.at("refusals").pointer
            raise Fault(where, f"`{status}` is no status of a refusal; write one such as `403`")
    receives = _frames(place.at("receive"))
    return Socket(
        handshake=_handshake(ground, path, item, refusals or {}),
        sends=_frames(place.at("send")) or {},
        receives=receives,
        order=_order(place, receives),
        anytime=_anytime(place.at("anytime"), receives),
        closes=_closes(place.at("closes")),
        refusals=refusals,
    )


def _handshake(ground: Ground, path: str, item: Place, refusals: Mapping[str, str]) -> Operation:
    place = item.at(MEMBER)
    raw: Mapping[str, Any] = place.value
    identity = raw.get("operationId")
    tags = raw.get("tags")
    answers = {"101": "The WebSocket is open.", **refusals}
    return Operation(
        label=f"WS {path}",
        method="GET",
        path=path,
        id=str(identity) if identity else None,
        tags=tuple(each for each in tags if isinstance(each, str))
        if isinstance(tags, list)
        else (),
        parameters=parameters(ground, item, place, path),
        body=None,
        responses={
            status: ResponseSpec(status, {}, {}, description=about)
            for status, about in answers.items()
        },
        security=security(ground, place),
        deprecated=raw.get("deprecated") is True,
        summary=str(raw.get("summary") or ""),
        raw=raw,
    )


def _frames(place: Place) -> Mapping[str, Schema] | None:
    """Schemas by type. `ground.check` has looked into them."""
    if place.value is None:
        return None
    if not isinstance(place.value, Mapping):
        raise Fault(place.pointer, f"it is {said(place.value)}; map types of frames to schemas")
    return dict(place.value)


def _order(place: Place, receives: Mapping[str, Schema] | None) -> str:
    at = place.at("order")
    if at.value is None:
        return ""
    if not isinstance(at.value, str):
        raise Fault(at.pointer, f"it is {said(at.value)}; write a regular expression over types")
    try:
        order = parse(at.value)
    except ValueError as error:
        raise Fault(at.pointer, f"it can not be read: {error}") from error
    _known(at, order.types(), receives)
    return at.value


def _anytime(place: Place, receives: Mapping[str, Schema] | None) -> tuple[str, ...]:
    if place.value is None:
        return ()
    if not isinstance(place.value, list) or not all(isinstance(each, str) for each in place.value):
        raise Fault(place.pointer, "it is no list of types; list those that may come at any time")
    _known(place, frozenset(place.value), receives)
    return tuple(place.value)


def _known(place: Place, types: frozenset[str], receives: Mapping[str, Schema] | None) -> None:
    unknown = sorted(types - receives.keys()) if receives is not None else []
    if unknown:
        raise Fault(place.pointer, f"`{unknown[0]}` is no type in `receive`; describe it there")


def _closes(place: Place) -> Mapping[int, str] | None:
    found = _said(place, "close codes")
    for code in found or ():
        if not re.fullmatch(r"[1-4][0-9]{3}", code):
            raise Fault(place.pointer, f"`{code}` is no close code; write one such as `1008`")
    return None if found is None else {int(code): about for code, about in found.items()}


def _said(place: Place, what: str) -> Mapping[str, str] | None:
    if place.value is None:
        return None
    if not isinstance(place.value, Mapping):
        raise Fault(place.pointer, f"it is {said(place.value)}; map {what} to what they mean")
    return {str(name): str(about) for name, about in place.value.items()}
