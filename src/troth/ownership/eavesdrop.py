"""Frames over a WebSocket that name another's thing: what they do, and what is answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from troth.case import Values
from troth.conversation import handshake
from troth.exchange import Exchange
from troth.expression import ExpressionError, identifier
from troth.ownership.borrowed import leaks
from troth.ownership.effect import GONE, Effect, Window
from troth.ownership.telling import differing, general, unknown
from troth.ownership.trial import NO_VERDICT
from troth.people.rivals import Rivals, nobody, rivals
from troth.prop import Inconclusive, control
from troth.spec.families import Family
from troth.spec.operation import Socket
from troth.spec.schema import properties, resolve
from troth.spec.stream import spoken

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World


@dataclass(frozen=True, slots=True)
class Naming:
    """A type of frame whose ``member`` names a thing of ``family``; ``others`` are sent with it."""

    type: str
    member: str
    family: Family
    others: Mapping[str, Any]

    def frame(self, id_: Any) -> dict[str, Any]:
        """The frame that names this one."""
        return {"type": self.type, **self.others, self.member: id_}


def namings(target: "Target", socket: Socket) -> Iterator[Naming]:
    """The types of frames that name things which can be made and read."""
    told = target.told(socket).send
    known = told if isinstance(told, Mapping) else {}
    for type_, schema in socket.sends.items():
        members = properties(target.spec, schema)
        required = resolve(target.spec, schema).get("required", ())
        for member in members:
            family = next(
                (
                    each
                    for each in target.families
                    if each.create is not None
                    and each.read is not None
                    and member in {each.parameter, f"{each.name}_id", f"{each.name}Id"}
                    and not target.closed(each.create)
                ),
                None,
            )
            if family is None:
                continue
            wanted = [each for each in (*required, *known) if each in members]
            others = {
                each: known.get(each, _some(target, members[each]))
                for each in wanted
                if each not in {"type", member}
            }
            if all(each is not None for each in others.values()):
                yield Naming(type_, member, family, others)


def _some(target: "Target", schema: Any) -> Any:
    """A value of a member that must be there; None where none is at hand."""
    found = resolve(target.spec, schema)
    for given in (found.get("examples"), found.get("enum"), [found.get("const")]):
        if given and given[0] is not None:
            return given[0]
    return "troth" if found.get("type") == "string" and "format" not in found else None


def unheard(target: "Target", socket: Socket) -> str:
    """Why nothing of another's can be named over it; empty where that can be tried."""
    if not any(True for _ in namings(target, socket)):
        return "its frames name nothing that can be made and read"
    return nobody(target, socket.handshake)


def overheard(world: "World", socket: Socket, naming: Naming) -> tuple[Rivals, Effect | None]:
    """What the stranger's frame upon the victim's thing did or was told, seen on two things.

    Raises Inconclusive, also where the owner is answered no better than the stranger.
    """
    accepted = world.accepted(socket)
    pair = next(
        (
            each
            for each in rivals(world.target, socket.handshake)
            if each.victim == accepted.principal
        ),
        None,
    )
    control(pair, f"{socket.label} was opened by nobody who has a rival")
    assert pair is not None
    found = _said(world, socket, naming, pair, accepted.values)
    if found is not None:
        found = _said(world, socket, naming, pair, accepted.values)
        control(found, "seen once, and not again")
    return pair, found


def _said(
    world: "World", socket: Socket, naming: Naming, pair: Rivals, values: Values
) -> Effect | None:
    through, id_ = _thing(world, naming, pair)

    def say(who: str, what: Any, purpose: str) -> Exchange:
        made = replace(values, body=naming.frame(what))
        case = handshake(world.target, socket, made, purpose=purpose)
        answer = world.send(case, principal=who, purpose=purpose)
        control(answer.status not in NO_VERDICT, f"the handshake met a {answer.status}")
        return answer

    _, first = through.look(world, "before")
    before, second = through.look(world, "before, once more")
    control(first is not None and second is not None, "its owner does not see what he made")
    assert first is not None
    assert second is not None
    restless = frozenset(map(general, differing(first, second)))
    request = say(pair.stranger, id_, "naming another's")
    after, then = through.look(world, "after", again=True)
    if then is None:
        return Effect(before, request, after, frozenset({GONE}))
    changed = {each for each in differing(second, then) if general(each) not in restless}
    if changed:
        return Effect(before, request, after, frozenset(changed), then)
    leaked = leaks(second, request)
    if leaked:
        nothing = say(pair.stranger, unknown(id_), "naming what nobody has")
        # What is said of each is said of none.
        usual = _thing(world, naming, Rivals(pair.stranger, pair.victim))[0]
        mine, _ = usual.look(world, "a thing of one's own")
        leaked &= leaks(second, request, nothing) & leaks(second, request, mine)
    if leaked:
        return Effect(before, request, request, frozenset(leaked))
    own = say(pair.victim, id_, "naming one's own")
    _, last = through.look(world, "after its owner's")
    better = last != then or _types(own) != _types(request)
    control(better, "its owner is answered no better than a stranger")
    return None


def _thing(world: "World", naming: Naming, pair: Rivals) -> tuple[Window, Any]:
    family = naming.family
    assert family.create is not None
    assert family.read is not None
    made = world.reach(family.create, principal=pair.victim)
    world.example.provenance.extend((*made.history, made.exchange))
    try:
        id_ = identifier(family.id, made.exchange)
    except ExpressionError as error:
        raise Inconclusive(f"no id of what {family.create.label} made: {error}") from None
    path = {**made.values.path, family.parameter: str(id_)}
    return Window(family.read, Values(path=path), pair.victim), id_


def _types(exchange: Exchange) -> list[str]:
    return [each.type for each in spoken(exchange.frames or ())]
