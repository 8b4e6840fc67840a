"""Sends members that a service sets itself along with a write, and looks whether they stick."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from troth.authority.guards import place_of
from troth.authority.privileges import POWERS, another, high, objects, plain, privileged
from troth.authority.row import ROW
from troth.blame import blame
from troth.case import Fault, Values
from troth.composing.fresh import named_anew
from troth.composing.memory import Accepted
from troth.exchange import Exchange
from troth.models.resource import json_type, parsed
from troth.people.signup import ACCOUNT
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive
from troth.spec.families import singletons
from troth.spec.operation import Operation
from troth.spec.schema import branches, properties, resolve

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

MOST_READERS: Final = 3
SHORTEST: Final = 5
"""Characters of a text by which something is known again."""
KIND: Final = "a member that only the service sets"


@dataclass
class Assignment:
    """One write, those who may show what it made, and what is known of members beyond it."""

    world: "World"
    operation: Operation
    accepted: Accepted
    readers: list[Accepted] = field(default_factory=list)
    names: dict[str, list[Any]] = field(default_factory=dict)
    """Members to send, with values that were seen."""
    renews: bool = True
    """Whether what may have to be unique is made new for each thing."""

    def write(self, extra: Mapping[str, Any]) -> tuple[Exchange, Values]:
        """The write once more, with what must be new made new, and ``extra`` in its body."""
        world, operation = self.world, self.operation
        values = world.as_sent(world.case(operation, self.accepted.values)).values
        sources: list[str] = []
        if operation.method == "POST" and self.renews:
            values, sources = named_anew(world, operation, values)
        body = {**values.body, **extra}
        values = replace(values, body=body)
        fault = Fault("body", f"/{next(iter(extra))}", KIND, ", ".join(extra)) if extra else None
        case = world.target.generator.build(operation, values, fault=fault)
        errand = world.errand(case, self.accepted.principal, whole=True)
        exchange = world.run(replace(errand, sources=(*errand.sources, *sources)))
        blame(world, case, exchange)
        return exchange, values

    def usual(self) -> dict[str, Any]:
        """The members with what most of such things have."""
        return {name: max(seen, key=seen.count) for name, seen in self.names.items()}

    def shown(self, made: Exchange, values: Values) -> tuple[Exchange, Mapping[str, Any]] | None:
        """What was made, as some reader shows it now."""
        for reader in self.readers:
            answer = self._read(reader, made)
            if answer is None or not answer.ok:
                continue
            found = self._among(answer, made, values)
            if found is not None:
                return answer, found
        return None

    def _read(self, reader: Accepted, made: Exchange) -> Exchange | None:
        world, label = self.world, reader.exchange.operation or ""
        operation = world.target.spec.operation(label)
        assert operation is not None
        path = dict(reader.values.path)
        if operation.place == self.operation.place:
            path = dict(self.accepted.values.path)
        elif operation.place.startswith(f"{self.operation.place}/") and path:
            own = _identity(parsed(made.response))
            if own is None:
                return None
            path = {
                **self.accepted.values.path,
                operation.place.rpartition("{")[2].rstrip("}"): own,
            }
        values = replace(reader.values, path=path)
        who = reader.principal
        if self.accepted.principal in world.target.senders(operation) and operation.secured:
            who = self.accepted.principal if self.accepted.principal != ANONYMOUS else who
        case = world.target.generator.build(operation, values, purpose="read it back")
        return world.send(case, principal=who, whole=True)

    def _among(self, answer: Exchange, made: Exchange, values: Values) -> Mapping[str, Any] | None:
        """The object in an answer that is what was written: it has its id, or its own texts."""
        found = [each for each in objects(parsed(answer.response)) if self.names.keys() & each]
        if self.operation.method != "POST" and len(found) == 1:
            return found[0]
        own = _identity(parsed(made.response))
        sent = [
            str(each)
            for name, each in values.body.items()
            if isinstance(each, str)
            and len(each) >= SHORTEST
            and name not in self.names
            and self.accepted.values.body.get(name) != each
        ]
        for each in found:
            texts = {str(value) for value in each.values() if isinstance(value, str | int)}
            if (own is not None and str(own) in texts) or texts & set(sent):
                return each
        return None

    def telling(self, thing: Mapping[str, Any], values: Values, member: str) -> tuple[str, ...]:
        """How a replay finds ``member`` of the thing again."""
        texts = {str(each) for each in thing.values() if isinstance(each, str | int)}
        for name, each in values.body.items():
            if isinstance(each, str) and len(each) >= SHORTEST and each in texts:
                return (f"{ROW}request /{name} {member}",)
        return (f"{ROW}response /id {member}",)


def _identity(body: Any) -> Any:
    for each in objects(body, 3):
        for name in ("id", "uuid", "_id"):
            if isinstance(each.get(name), str | int) and not isinstance(each.get(name), bool):
                return each[name]
        named = [name for name in each if plain(name).endswith("_id")]
        if len(named) == 1:
            return each[named[0]]
    return None


def assignment(world: "World", operation: Operation) -> Assignment | None:
    """What may be sent along with ``operation``; None where nothing is. Raises Inconclusive."""
    target = world.target
    accepted = world.accepted(operation)
    if not isinstance(accepted.values.body, Mapping) or accepted.credential == "signature":
        return None
    declared, vague = _declared(world, operation)
    found = Assignment(world, operation, accepted)
    for reader in _readers(world, operation):
        with suppress(Inconclusive):
            found.readers.append(world.accepted(reader))
    section = target.file.principals.get(accepted.principal)
    mighty = high(section.role if section else None) and operation.secured
    for each in found.readers:
        for one in objects(parsed(each.exchange.response)):
            for name, value in one.items():
                if plain(name) in declared or not privileged(name, vague=vague):
                    continue
                if mighty and plain(name) in POWERS:
                    continue  # Whoever may give powers to others may well do so.
                found.names.setdefault(name, []).append(value)
    return found if found.names else None


def _declared(world: "World", operation: Operation) -> tuple[set[str], bool]:
    """The members that the document lets clients send, and whether it leaves that open."""
    spec, media_type = world.target.spec, json_type(operation)
    if operation.body is None or media_type is None:
        return set(), True
    schema = operation.body.content[media_type].schema
    known = properties(spec, schema)
    names = {plain(each) for each, one in known.items() if not resolve(spec, one).get("readOnly")}
    more = [each.get("additionalProperties") for each in branches(spec, schema)]
    told = world.target.told(operation).body
    if isinstance(told, Mapping):
        names |= {plain(each) for each in told}
    return names, not names or any(each is True or isinstance(each, Mapping) for each in more)


def _readers(world: "World", operation: Operation) -> list[Operation]:
    """GETs that may show what ``operation`` wrote, the likeliest first."""
    target, path = world.target, operation.path.rstrip("/")
    near: list[tuple[int, Operation]] = []
    for each in target.spec.operations:
        if each.method != "GET" or target.closed(each):
            continue
        if any("event-stream" in str(one.content) for one in each.responses.values()):
            continue
        own = each.path.rstrip("/")
        rest = own.removeprefix(f"{path}/")
        below = rest != own and "/" not in rest and "{" in rest
        beside = "{" not in own and place_of(each) == place_of(operation)
        if operation.method == "POST" and below:
            # It shows more of a thing than the list does.
            near.append((0, each))
        elif own == path:
            near.append((1, each))
        elif operation.method == "POST" and beside:
            near.append((2 + own.count("/"), each))
    return [each for _, each in sorted(near, key=lambda pair: pair[0])][:MOST_READERS]


def extra(found: Assignment, thing: Mapping[str, Any]) -> dict[str, Any]:
    """Members with values that are likely to be taken, and that ``thing``, which was written
    without them, does not have.
    """
    chosen = {}
    for name, seen in sorted(found.names.items(), key=lambda each: plain(each[0]) not in POWERS):
        if name in thing:
            known = [each for each in seen if each is not None]
            now = thing[name] if thing[name] is not None else next(iter(known), None)
            value = another(name, now, seen)
            if value is not None:
                chosen[name] = value
    return chosen


def writes(target: "Target") -> list[Operation]:
    """What makes or changes things, and what makes accounts; not what acts on them."""
    known: dict[str, Operation] = {}
    session = target.file.session
    own = [each.operation for each in (session.login, session.refresh, session.logout) if each]
    for family in (*target.families, *singletons(target.spec)):
        known |= {each.label: each for each in family.writers}
    for each in target.spec.operations:
        if each.method == "POST" and ACCOUNT.search(each.path) and "{" not in each.path:
            known[each.label] = each
    return [
        each
        for each in target.spec.operations
        if each.label in known
        and json_type(each) is not None
        and not any(map(each.named, own))
        and not target.told(each).once
    ]
