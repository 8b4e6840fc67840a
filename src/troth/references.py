"""Gives a request real ids: calls the operations that produce what it refers to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from troth.expression import ExpressionError, identifier
from troth.faults import parameter_of
from troth.memory import Thing
from troth.prop import Inconclusive
from troth.spec.graph import Producer, Reference
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.world import World

PRODUCER = "$producer."


@dataclass
class Resolver:
    """Resolves the references of one operation, as one principal.

    ``fresh`` makes the thing itself anew and keeps its parents; ``above`` are the operations on
    whose behalf this happens, so that nothing needs itself.
    """

    world: "World"
    operation: Operation
    who: str
    fresh: bool
    above: tuple[str, ...]
    used: bool = False
    _path: dict[str, str] = field(default_factory=dict)

    def path(self, fixed: Mapping[str, str]) -> dict[str, str]:
        """Values of the path parameters that refer to things, outermost first.

        Raises Inconclusive when a reference has producers but none gave a value.
        """
        self._path = dict(fixed)
        told = self.world.target.told(self.operation).path
        names = [name for _, name in template_parameters(self.operation.path)]
        references = self.world.target.graph.of(self.operation.label)
        for name in names:
            reference = Reference(self.operation.label, "path", name)
            if name in self._path or name in told or reference not in references:
                continue
            last = name == names[-1]
            value = self._produced(references[reference], fresh=self.fresh and last)
            if value is None and self._has_example(name):
                continue
            if value is None:
                tried = ", ".join(each.operation for each in references[reference])
                raise Inconclusive(
                    f"no `{name}` for {self.operation.label}: tried {tried}; "
                    f'name a value in [operations."{self.operation.label}"] path'
                )
            self._path[name] = str(value)
        return dict(self._path)

    def _has_example(self, name: str) -> bool:
        parameter = parameter_of(self.operation, "path", name)
        return parameter is not None and bool(parameter.examples)

    def parameters(self, location: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Real ids for the parameters of ``location`` that are ``given`` a value already."""
        found: dict[str, Any] = {}
        for reference, producers in self.world.target.graph.of(self.operation.label).items():
            if reference.location == location and reference.name in given:
                value = self._produced(producers, fresh=False)
                if value is not None:
                    found[reference.name] = str(value)
        return found

    def body(self, body: Any) -> dict[str, Any]:
        """Real ids for the places of the body that refer to things, by JSON pointer."""
        found: dict[str, Any] = {}
        for reference, producers in self.world.target.graph.of(self.operation.label).items():
            if reference.location != "body" or not isinstance(body, Mapping):
                continue
            name = reference.name.split("/")[1] if "/" in reference.name else ""
            if name not in body and not self.required(reference.name):
                continue
            value = self._produced(producers, fresh=self.fresh and self.consumes(reference.name))
            if value is not None:
                found[reference.name] = value
        return found

    def required(self, pointer: str) -> bool:
        """Whether the top-level property at ``pointer`` must be in the body."""
        return pointer in self.world.target.required_members(self.operation)

    def consumes(self, pointer: str) -> bool:
        """Whether using the value may use it up: tokens and codes are often good for once."""
        last = pointer.rsplit("/", 1)[-1].lower()
        return last.endswith(("token", "code", "key"))

    def told(self, values: Any) -> Any:
        """Configured values, with ``$producer.<operation>.body#/pointer`` looked up."""
        if isinstance(values, Mapping):
            return {name: self.told(value) for name, value in values.items()}
        if isinstance(values, list | tuple):
            return [self.told(value) for value in values]
        if isinstance(values, str) and values.startswith(PRODUCER):
            return self._looked_up(values)
        return values

    def _looked_up(self, text: str) -> Any:
        rest = text.removeprefix(PRODUCER)
        for mark in (".body#", ".header."):
            name, found, tail = rest.rpartition(mark)
            if found:
                producer = self.world.target.spec.operation(name)
                if producer is None:
                    raise Inconclusive(f"`{text}` names no operation of the document")
                expression = f"$response{mark}{tail}"
                value = self._value(
                    Producer(producer.label, expression, "configured"), fresh=self.fresh
                )
                if value is None:
                    raise Inconclusive(f"`{text}` gave nothing")
                return value
        raise Inconclusive(f"`{text}` is neither $producer.<operation>.body#/… nor .header.…")

    def _produced(self, producers: tuple[Producer, ...], *, fresh: bool) -> Any:
        deletes = self.operation.method == "DELETE"
        makers = [each for each in producers if not each.operation.startswith("GET ")]
        # What a list shows may be the run's own account: it is deleted only when nothing else is.
        for producer in [*makers, *producers] if deletes else producers:
            value = self._value(producer, fresh=fresh)
            if value is not None and value != "":
                return value
        return None

    def _value(self, producer: Producer, *, fresh: bool) -> Any:
        target = self.world.target
        operation = target.spec.operation(producer.operation)
        if operation is None or operation.label in self.above or target.closed(operation):
            return None
        shared = shared_values(operation.path, self.operation.path, self._path)
        try:
            thing = produce(self.world, operation, shared, self.who, fresh=fresh, above=self.above)
            value = identifier(producer.value, thing.exchange)
        except (Inconclusive, ExpressionError):
            return None  # The next producer is asked; `path` says so when there is none left.
        self.used = True
        return value


def produce(
    world: "World",
    operation: Operation,
    fixed: Mapping[str, str],
    who: str,
    *,
    fresh: bool,
    above: tuple[str, ...],
) -> Thing:
    """The answer of ``operation``: of an earlier call, unless a ``fresh`` one is wanted."""
    memory = world.target.memory
    key = (operation.label, who, tuple(sorted(fixed.items())))
    known = memory.things.get(key)
    if known is not None and not fresh:
        world.example.provenance.extend(known.history)
        return known
    if operation.label in memory.attempted and not fresh:
        raise Inconclusive(memory.attempted[operation.label])
    accepted = world.reach(operation, fixed=fixed, principal=who or None, above=above)
    thing = Thing(accepted.exchange, dict(fixed), (*accepted.history, accepted.exchange))
    if not fresh:
        memory.things[key] = thing
    world.example.provenance.extend(thing.history)
    return thing


def template_parameters(path: str) -> list[tuple[int, str]]:
    """Index of the segment and name of each parameter of a path template."""
    return [
        (index, segment[1:-1])
        for index, segment in enumerate(path.split("/"))
        if segment.startswith("{") and segment.endswith("}")
    ]


def shared_values(producer: str, consumer: str, values: Mapping[str, str]) -> dict[str, str]:
    """The producer's path values that the consumer has too: their templates begin alike.

    ``POST /things/{id}/parts`` shares ``id`` with ``GET /things/{thing_id}/parts/{part_id}``.
    """
    shared: dict[str, str] = {}
    for mine, theirs in zip(consumer.split("/"), producer.split("/"), strict=False):
        both = mine.startswith("{") and theirs.startswith("{")
        if both and mine[1:-1] in values:
            shared[theirs[1:-1]] = values[mine[1:-1]]
        elif mine != theirs and not both:
            break
    return shared
