"""Puts one adversary's value into one place of a request that was served, and compares answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus

from troth.blame import blame
from troth.case import NO_BODY, Case, Fault, Values
from troth.composing.answers import came_through, conflicting
from troth.composing.fresh import free, named_anew
from troth.composing.memory import Accepted
from troth.exchange import Exchange
from troth.prop import control
from troth.readback import differences, pruned
from troth.spec.operation import Operation, Spec
from troth.spec.place import present, with_value
from troth.spec.schema import branches, properties
from troth.strategies.hostile import Place, hostile_places

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

WAITED: Final = 0.5
"""Seconds that a callback is waited for in smoke; deeper four times as long."""


MANY: Final = 1_000
"""Ways that a property is asked in, all operations together, where there is no time for all."""


def quick(target: "Target") -> bool:
    """Whether the profile asks the cheapest question only."""
    return target.profile.examples == 1


def share(target: "Target", few: int) -> int:
    """Of many ways, how many an operation is asked in at most: ``few`` where the document is large,
    more where it is small, so that a property asks about as much of each. One, where smoke has a
    large document.
    """
    boundary = target.profile.boundary
    if quick(target):
        return 1 if boundary is not None and boundary < 4 else few
    return max(few, MANY // max(1, len(target.spec.operations)))


def patience(target: "Target") -> float:
    """Seconds in which a service that calls back has done so."""
    return WAITED if quick(target) else 4 * WAITED


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for text, what stands there in the request that was served, and its formats."""

    place: Place
    value: Any
    formats: frozenset[str] = frozenset()
    about: str = ""
    """All the document says of it, in one text: name, description, examples."""

    @property
    def name(self) -> str:
        """The parameter's name, or the member's."""
        return self.place.name.rpartition("/")[2]

    @property
    def where(self) -> str:
        """For people, and free of generated values."""
        return f"{self.place.location} {self.place.name}"

    @property
    def text(self) -> str:
        """What stands there, as text; empty where nothing does."""
        return "" if self.value is None else str(self.value)


def takes_text(operation: Operation) -> bool:
    """Whether the document alone says that some text may be sent: a cheap `unless`."""
    return bool(operation.parameters) or operation.body is not None


def names(spec: Spec, operation: Operation) -> list[str]:
    """The names of all that the document lets be sent, for a cheap `unless`."""
    found = [each.name for each in operation.parameters if each.location in {"query", "path"}]
    for media in (operation.body.content if operation.body is not None else {}).values():
        found += properties(spec, media.schema)
    return found


def served(world: "World", operation: Operation) -> Accepted:
    """A case that was served, which a probe is made of. Raises Inconclusive.

    Unlike what it was made from it is no part of the history of what is found: a write that was
    done once need not be possible a second time.
    """
    base = world.accepted(operation)
    kept = [each for each in world.example.provenance if each.number != base.exchange.number]
    world.example.provenance[:] = kept
    return base


def spots(world: "World", operation: Operation, base: Accepted) -> list[Spot]:
    """The places for text of a request that was served; what is enumerated is none.

    Nor is a secret that whoever has logged in writes, for it may be the password he logs in with,
    nor that of a login, which too many wrong ones may lock.
    """
    spec = world.target.spec
    found = [
        _spot(spec, operation, base.values, place)
        for place in hostile_places(spec, operation, base.values)
        if not place.types or "string" in place.types
    ]
    login = world.target.file.session.login
    signs_in = login is not None and operation.named(login.operation)
    open_ = operation.safe or not (operation.secured or signs_in)
    return [
        each
        for each in found
        if each is not None and (open_ or free(spec, each.name, {}) is not None)
    ]


def _spot(spec: Spec, operation: Operation, values: Values, place: Place) -> Spot | None:
    schemas: list[Any] = []
    if place.location == "body":
        media = operation.body.content.get(values.media_type or "") if operation.body else None
        name = place.name[1:].replace("~1", "/").replace("~0", "~")
        declared = properties(spec, media.schema) if media is not None else {}
        schemas = [declared.get(name, {})]
        value = values.body.get(name) if isinstance(values.body, dict) else None
    else:
        schemas = [
            each.schema
            for each in operation.parameters
            if (each.location, each.name) == (place.location, place.name)
        ]
        given = values.path if place.location == "path" else values.query
        value = given.get(place.name)
    if value is not None and not isinstance(value, str | int | float):
        return None
    every = [branch for schema in schemas for branch in branches(spec, schema)]
    if any({"enum", "const"} & branch.keys() for branch in every):
        return None
    formats = {str(branch["format"]) for branch in every if isinstance(branch.get("format"), str)}
    words = [str(branch.get(key, "")) for branch in every for key in ("description", "example")]
    return Spot(place, value, frozenset(formats), " ".join([place.name, *words]))


def placed(values: Values, place: Place, value: Any) -> Values:
    """``values`` with ``value`` in that place."""
    if place.location == "body":
        if values.body is NO_BODY or (place.name and not _holds(values.body, place.name)):
            return values
        return replace(values, body=with_value(values.body, place.name, value))
    if place.location == "query":
        return replace(values, query={**values.query, place.name: value})
    return replace(values, path={**values.path, place.name: str(value)})


def _holds(body: Any, pointer: str) -> bool:
    above = pointer.rpartition("/")[0]
    return present(body, above) if above else isinstance(body, dict)


@dataclass(frozen=True, slots=True)
class Probe:
    """One place of one operation, in a request that was served."""

    world: "World"
    operation: Operation
    base: Accepted
    spot: Spot

    @property
    def what(self) -> str:
        """Operation and place, for people and roots."""
        return f"{self.operation.label}: {self.spot.where}"

    def send(self, value: Any, kind: str, *, said: str = "") -> Exchange:
        """The answer to ``value`` in that place. Raises Inconclusive when there is none to judge.

        ``kind`` is what a server error would be charged to, ``said`` what people are told.
        """
        place = self.spot.place
        description = f"{said or kind} in {self.spot.where}"
        fault = Fault(place.location, place.name, kind, description)
        values = placed(self.base.values, place, value)
        case = self.world.target.generator.build(self.operation, values, fault=fault)
        if place.location == "path" and "/" in str(value):
            # Servers may decode a slash before they route: then it is no longer this path.
            case = replace(case, operation=None)
        answer = asked(self.world, case, self.base)
        return (self._renamed(value, fault) if conflicting(answer) else None) or answer

    def _renamed(self, value: Any, fault: Fault) -> Exchange | None:
        """The same with what may have to be unique made new: what is taken hides all else."""
        if self.operation.method != "POST":
            return None
        values, sources = named_anew(self.world, self.operation, self.base.values)
        if not sources:
            return None
        case = self.world.target.generator.build(
            self.operation, placed(values, self.spot.place, value), fault=fault
        )
        own = f"body#{self.spot.place.name} " if self.spot.place.location == "body" else " "
        errand = self.world.errand(case, self.base.principal, whole=bool(self.base.values.token))
        kept = (each for each in sources if not each.startswith(own))
        answer = self.world.run(replace(errand, sources=(*errand.sources, *kept)))
        blame(self.world, case, answer)
        control(answer.status != 429, "the service limits how often it may be asked")
        return answer

    def again(self) -> Exchange:
        """The answer to the very request that was served."""
        case = self.world.target.generator.build(
            self.operation, self.base.values, purpose="as it was served"
        )
        return asked(self.world, case, self.base)


def concluded(world: "World", operation: Operation, base: Accepted) -> None:
    """That what was asked can have come through. Raises Inconclusive.

    Where every probe was refused, the operation is reached once more: where it is served no more,
    it was not for the probes.
    """
    sent = [each for each in world.example.exchanges if each.operation == operation.label]
    others = [each for each in sent if each.number != base.exchange.number]
    if not any(came_through(operation, each) for each in others):
        world.reach(operation, principal=base.principal)
    world.example.expected += 1


def asked(world: "World", case: Case, base: Accepted) -> Exchange:
    """The answer to a case, sent by whoever was served."""
    answer = world.send(case, principal=base.principal, whole=bool(base.values.token))
    control(answer.status != 429, "the service limits how often it may be asked")
    return answer


def text_of(exchange: Exchange) -> str:
    """The body as text, with what JSON escapes unescaped as well."""
    if exchange.response is None:
        return ""
    text = exchange.response.body.decode("utf-8", "replace")
    try:
        return text + "\n" + json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def content(exchange: Exchange, *hidden: str) -> Any:
    """Status and body, without what was sent: as JSON where it is JSON."""
    if exchange.response is None:
        return (0, None)
    text = exchange.response.body.decode("utf-8", "replace")
    for each in sorted(filter(None, hidden), key=len, reverse=True):
        for form in _forms(each):
            text = text.replace(form, "\N{SECTION SIGN}")
    try:
        return (exchange.status, json.loads(text))
    except (ValueError, RecursionError):
        return (exchange.status, _CHANGING.sub("#", text))


_CHANGING = re.compile(r"[0-9a-fA-F-]{16,}|[0-9]+(?:[.:,-][0-9]+)*")


def _forms(value: str) -> Iterator[str]:
    """How a text may come back: raw, in JSON, in HTML, in a URL; twice as in JSON of HTML."""
    for each in dict.fromkeys((value, escape(value), quote(value, safe=""), quote_plus(value))):
        yield json.dumps(each)[1:-1]
        yield json.dumps(each, ensure_ascii=False)[1:-1]
        yield each


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What an answer says, and which places of it change by themselves."""

    said: Any
    volatile: frozenset[str]

    def like(self, exchange: Exchange, *hidden: str) -> bool:
        """Whether another answer says the same; ``hidden`` was sent in it."""
        found = content(exchange, *hidden)
        return bool(
            found[0] == self.said[0]
            and pruned(found[1], self.volatile) == pruned(self.said[1], self.volatile)
        )


def yardstick(first: Exchange, second: Exchange, *hidden: str) -> Yardstick:
    """Two answers to one question say what of them changes by itself."""
    one, other = content(first, *hidden), content(second, *hidden)
    return Yardstick(one, frozenset(differences(one[1], other[1])))
