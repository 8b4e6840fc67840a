"""What one example plays with: people and things made for it alone, and where each value is from.

A target file's `$producer.…` is looked up in answers that this example got, each operation called
once. A value keeps its origin, so that a replay takes the new one, secret or not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import sleep, time
from typing import TYPE_CHECKING, Any, Final

from troth.case import NO_BODY, Values
from troth.composing.fresh import named_anew
from troth.composing.reach import minimal
from troth.composing.templates import template_parameters
from troth.config.asks import AskSection, GivenSection
from troth.config.operations import OperationSection
from troth.exchange import Exchange
from troth.expression import ExpressionError, evaluate
from troth.models.errand import Errand
from troth.prop import Inconclusive
from troth.spec.operation import Operation
from troth.told import LONG, PRODUCER, WAITED, leaves, lookup, one_time_code, password, secret_of

if TYPE_CHECKING:
    from troth.world import World

UNIQUE: Final = "$unique"
PASSWORD: Final = "$password"  # noqa: S105 - the word for one, not one
_NOW = re.compile(r"\$now(?P<shift>[+-][0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Taken:
    """A value, and the source that says where it came from: see `Exchange.sources`."""

    value: Any = field(repr=False)
    source: str = ""


@dataclass
class Scene:
    """One example's own answers, by the label of their operation.

    ``given`` says how operations are called that `[operations]` does not call so.
    """

    world: "World"
    given: Mapping[str, GivenSection] = field(default_factory=dict)
    answers: dict[str, Exchange] = field(default_factory=dict)
    began: int = field(default_factory=lambda: int(time()))
    _underway: list[str] = field(default_factory=list)

    def operation(self, name: str) -> Operation:
        """The operation of that name. Raises Inconclusive: the document does not have it."""
        found = self.world.target.spec.operation(name)
        if found is None:
            raise Inconclusive(f"the document has no operation `{name}`; correct the target file")
        return found

    def answer(self, name: str) -> Exchange:
        """What ``name`` answers in this scene, called the first time. Raises Inconclusive."""
        operation = self.operation(name)
        known = self.answers.get(operation.label)
        if known is not None:
            return known
        reason = self.world.target.closed(operation)
        if operation.label in self._underway or reason:
            raise Inconclusive(f"{operation.label}: {reason or 'it would need itself'}")
        section = next((each for key, each in self.given.items() if operation.named(key)), None)
        self._underway.append(operation.label)
        try:
            if section is None:
                made = self._made(operation)
            else:
                made = self.ask(operation, section, purpose="what others take values from")
                if not made.ok:
                    raise Inconclusive(f"{operation.label} answered {made.status}")
        finally:
            self._underway.remove(operation.label)
        self.world.example.provenance.append(made)
        self.answers[operation.label] = made
        return made

    def _made(self, operation: Operation) -> Exchange:
        """A new one, by a name that a replay can make new again where it has one."""
        world = self.world
        known = world.target.memory.accepted.get(operation.label)
        reached = None if known is not None else world.reach(operation, fresh=True)
        first = known or reached
        if first is not None and operation.method == "POST" and not first.history:
            values, sources = named_anew(world, operation, first.values)
            if sources and not first.values.token:
                case = world.target.generator.build(operation, values)
                ready = world.errand(case, first.principal, whole=True, purpose="made anew")
                answer = world.run(replace(ready, sources=(*ready.sources, *sources)))
                if answer.ok:
                    return answer
        reached = reached or world.reach(operation, fresh=True)
        world.example.provenance.extend(reached.history)
        return reached.exchange

    def taken(self, exchange: Exchange, expression: str) -> Taken:
        """What stands at ``expression`` of an exchange. Raises Inconclusive."""
        try:
            value = evaluate(expression, exchange)
        except ExpressionError as error:
            raise Inconclusive(f"`{expression}` of {exchange.operation}: {error}") from None
        return Taken(value, f"{exchange.number} {expression}")

    def filled(self, told: Any, unique: str = "") -> Any:
        """Configured values, and `Taken` where an expression stands. Raises Inconclusive."""
        if isinstance(told, Mapping):
            return {name: self.filled(each, unique) for name, each in told.items()}
        if isinstance(told, list | tuple):
            return [self.filled(each, unique) for each in told]
        if not isinstance(told, str) or "$" not in told:
            return told
        now = _NOW.fullmatch(told)
        if now is not None:
            return self.began + int(now["shift"] or 0)
        if told == PASSWORD:
            return self.password()
        secret = secret_of(told)
        if secret is not None:
            held = self.filled(secret, unique)
            return one_time_code(str(held.value if isinstance(held, Taken) else held))
        if told.startswith(PRODUCER):
            found = lookup(told)
            if found is None:
                raise Inconclusive(f"`{told}` is no expression; correct the target file")
            return self.taken(self.answer(found.operation), found.expression)
        if UNIQUE in told:
            return Taken(told.replace(UNIQUE, unique), f"new {unique}")
        return told

    def unique(self) -> str:
        """A text that was not used before."""
        target = self.world.target
        return f"t{target.salt}{target.memory.next_fresh()}"

    def password(self, *, long: bool = False) -> Taken:
        """One that was made up, fit for most rules."""
        target = self.world.target
        number = f"{LONG if long else ''}{target.memory.next_fresh()}"
        made = password(number)
        target.redactor.add(made)
        return Taken(made, f"made {number}")

    def errand(
        self,
        operation: Operation,
        section: "AskSection | GivenSection | OperationSection",
        *,
        token: Taken | None = None,
        purpose: str = "",
    ) -> Errand:
        """A request that is ready to go. ``token`` goes before what the section says."""
        target, unique = self.world.target, self.unique()
        told = target.told(operation)
        path = self.filled({**told.path, **section.path}, unique)
        query = self.filled({**told.query, **section.query}, unique)
        headers = self.filled({**told.headers, **section.headers}, unique)
        raw = section.body if section.body is not None else told.body
        body = self.filled(raw, unique)
        bearer = section.token
        if bearer is None and section.principal is None:
            bearer = told.token
        if token is None and bearer is not None:
            found = self.filled(bearer, unique)
            token = found if isinstance(found, Taken) else Taken(found)
        template = target.boundary(operation, valid=True, most=1)
        values = minimal(operation, template[0].values if template else Values())
        values = replace(
            values,
            path={**values.path, **plain(path)},
            query={**values.query, **plain(query)},
            headers={**values.headers, **plain(headers)},
        )
        if body is not None:
            media = next(iter(operation.body.content), None) if operation.body else None
            values = replace(values, body=plain(body), media_type=media)
        elif operation.body is None:
            values = replace(values, body=NO_BODY, media_type=None)
        case = target.generator.build(operation, values, purpose=purpose)
        who = section.principal or told.principal
        if token is not None:
            who = who or "anonymous"
        sources = [*_sources(operation, path, query, headers, body)]
        if section.body is None:
            # What is written down in [operations] a replay finds there, whatever it is called.
            sources += [f"body#{at}" for at, each in leaves(told.body) if _literal(each)]
        if token is not None and token.source:
            sources.append(f"token <- {token.source}")
            self.world.target.redactor.add(str(token.value))
        return Errand(
            case,
            who or target.sender(operation),
            token=str(token.value) if token is not None else "",
            sources=tuple(sources),
            sign=target.signature(case, whole=True),
            purpose=purpose,
        )

    def ask(
        self,
        operation: Operation | str,
        section: "AskSection | GivenSection | OperationSection",
        *,
        token: Taken | None = None,
        purpose: str = "",
    ) -> Exchange:
        """Send one request. Raises Inconclusive when it may not be sent."""
        found = operation if isinstance(operation, Operation) else self.operation(operation)
        return self.world.run(self.errand(found, section, token=token, purpose=purpose))

    def asked(self, section: AskSection, *, purpose: str = "", after: float = 0) -> Exchange:
        """Send what a section says, ``after`` so many seconds; a replay waits as long."""
        errand = self.errand(self.operation(section.operation), section, purpose=purpose)
        if after:
            sleep(after)
            errand = replace(errand, sources=(f"{WAITED}{after}", *errand.sources))
        return self.world.run(errand)


def _literal(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and "$" not in value


def plain(values: Any) -> Any:
    """``values`` without origins."""
    if isinstance(values, Taken):
        return values.value
    if isinstance(values, Mapping):
        return {name: plain(each) for name, each in values.items()}
    if isinstance(values, list | tuple):
        return [plain(each) for each in values]
    return values


def _sources(operation: Operation, path: Any, query: Any, headers: Any, body: Any) -> Iterator[str]:
    segments = operation.path.split("/")
    places = {name: index - len(segments) for index, name in template_parameters(operation.path)}
    for name, each in path.items():
        if isinstance(each, Taken) and each.source and name in places:
            yield f"path:{places[name]} <- {each.source}"
    for kind, given in (("query", query), ("header", headers)):
        for name, each in given.items():
            if isinstance(each, Taken) and each.source:
                yield f"{kind}.{name} <- {each.source}"
    yield from body_sources(body)


def body_sources(body: Any) -> Iterator[str]:
    """Where what is taken stands in a body, and where it came from."""
    for at, each in _leaves(body, ""):
        if each.source:
            yield f"body#{at} <- {each.source}"


def _leaves(values: Any, at: str) -> Iterator[tuple[str, Taken]]:
    if isinstance(values, Taken):
        yield at, values
    elif isinstance(values, Mapping):
        for name, each in values.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from _leaves(each, f"{at}/{step}")
    elif isinstance(values, Sequence) and not isinstance(values, str):
        for index, each in enumerate(values):
            yield from _leaves(each, f"{at}/{index}")
