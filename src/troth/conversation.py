"""Opens a WebSocket as whoever is let in, and says what the target file has said to it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from troth.case import NO_BODY, Case, Script, Values
from troth.composing.answers import refusal
from troth.composing.memory import Accepted
from troth.composing.reach import credential
from troth.composing.references import Resolver
from troth.exchange import Frame
from troth.prop import Inconclusive
from troth.spec.operation import Socket
from troth.spec.order import parse
from troth.spec.stream import spoken

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World


def opened(world: "World", socket: Socket) -> Accepted:
    """The handshake that was answered 101, of whatever principal; its body is the frame.

    Raises Inconclusive with the last refusal when nobody was let in.
    """
    target, shake = world.target, socket.handshake
    refusals: list[str] = []
    for who in target.senders(shake):
        resolver = Resolver(world, shake, who, fresh=False, above=(shake.label,))
        try:
            values = _values(target, socket, resolver)
        except Inconclusive as missing:
            refusals.append(str(missing))
            continue
        exchange = world.send(handshake(target, socket, values), principal=who, whole=True)
        if exchange.ok:
            before = tuple(world.example.provenance)
            by = credential(world, shake, values, who)
            accepted = Accepted(values, who, exchange, before, by)
            target.memory.accept(shake.label, accepted)
            return accepted
        refusals.append(refusal(shake, exchange, target.spec.schemes))
    told = [each for each in refusals if " for anonymous" not in each]
    said = (told or refusals or ["nothing could be sent"])[-1]
    reason = f"{socket.label} was never opened: {said}"
    target.memory.give_up(shake.label, ["", *target.senders(shake)], reason)
    raise Inconclusive(reason)


def handshake(target: "Target", socket: Socket, values: Values, *, purpose: str = "") -> Case:
    """The case of these values; their body is the one frame that is sent when it is open."""
    path = socket.handshake.path
    for name, value in values.path.items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    if values.query:
        path += "?" + urlencode({name: _text(value) for name, value in values.query.items()})
    return Case(
        operation=socket.handshake,
        method="GET",
        path=path,
        headers=tuple((name, _text(value)) for name, value in values.headers.items()),
        values=values,
        purpose=purpose,
        script=script(target, socket, values.body),
    )


def script(target: "Target", socket: Socket, frame: Any) -> Script:
    """Send ``frame``, and listen until a turn is complete and all that is expected has come."""
    first = len(target.told(socket).expect.get("events", ()))
    if frame is NO_BODY:
        return Script(awaited=first, enough=lambda frames: 0 < first <= _heard(frames))
    order = parse(socket.order, socket.anytime) if socket.order else None

    def enough(frames: tuple[Frame, ...]) -> bool:
        types = [each.type for each in spoken(frames)]
        done = order is not None and order.complete(types) and bool(types)
        return done and len(types) >= first

    text = json.dumps(frame, ensure_ascii=False).encode()
    sent = (Frame("text", text, sent=True),)
    return Script(sent, awaited=max(first, target.profile.events), enough=enough)


def _heard(frames: tuple[Frame, ...]) -> int:
    return sum(not each.sent for each in frames)


def _values(target: "Target", socket: Socket, resolver: Resolver) -> Values:
    told = target.told(socket)
    path = resolver.path({})
    resolver.after({**path, **resolver.told(told.path)})
    given = {
        "path": {**_examples(socket, "path"), **path, **resolver.told(told.path)},
        "query": {**_examples(socket, "query"), **resolver.told(told.query)},
        "header": {**_examples(socket, "header"), **resolver.told(told.headers)},
    }
    for each in socket.handshake.parameters:
        if each.required and each.location in given and each.name not in given[each.location]:
            raise Inconclusive(
                f"no `{each.name}` for {socket.label}; name a value in "
                f'[operations."{socket.label}"]'
            )
    return Values(
        path=given["path"],
        query=given["query"],
        headers=given["header"],
        body=NO_BODY if told.send is None else resolver.told(told.send),
        token=resolver.token(),
    )


def _examples(socket: Socket, location: str) -> Mapping[str, Any]:
    return {
        each.name: each.examples[0]
        for each in socket.handshake.parameters
        if each.required and each.examples and each.location == location
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
