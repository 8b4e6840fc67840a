"""A thing that several write at once: what of it can be changed, how it is read, and by whom."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from troth.case import NO_BODY, Values
from troth.composing.fresh import free, texts
from troth.composing.memory import Accepted
from troth.composing.reach import minimal
from troth.config.shared import SharedSection
from troth.exchange import Exchange
from troth.models.errand import Errand
from troth.models.scene import Scene
from troth.people.spare import names_caller
from troth.prop import applies, control
from troth.spec.operation import Operation
from troth.spec.schema import branches, properties
from troth.subjects import Subject, reader

if TYPE_CHECKING:
    from troth.world import World

MOST_FIELDS: Final = 2
Writer = Callable[[Mapping[str, Any], str, str], Errand]
"""The request that writes a body; where it is no empty text, only over that entity tag; why."""


@dataclass
class Shared:
    """One thing, made for this example.

    ``names`` are fields that may be changed, ``values`` gives one that a field did not have
    before, or None; ``base`` is a body that was served.
    """

    world: "World"
    write: Operation
    read: Operation
    base: Mapping[str, Any]
    names: Sequence[str]
    values: Callable[[str], Any]
    reading: Callable[[str], Errand]
    writer: Writer
    known: dict[str, Any] = field(default_factory=dict)
    """What stands in it: by name, the fields that were found to hold what is written."""
    writes: dict[str, Exchange] = field(default_factory=dict)
    """What put it there, for a replay."""

    @property
    def conditional(self) -> bool:
        """Whether a write may name the entity tag that it is meant for."""
        return any(
            each.location == "header" and each.name.lower() == "if-match"
            for each in self.write.parameters
        )

    def change(self, name: str) -> Any:
        """A value for ``name`` that does not stand there; None when there is none to be had."""
        value = self.values(name)
        return self.values(name) if value is not None and value == self.known.get(name) else value

    def writing(self, name: str, value: Any, *, match: str = "", purpose: str = "") -> Errand:
        """A request that changes ``name``: just that of a PATCH, all that it has of a PUT."""
        whole = {**self.base, **self.known} if self.write.method == "PUT" else {}
        return self.writer({**whole, name: value}, match, purpose or f"write {name}")

    def state(self) -> tuple[dict[str, Any], Exchange]:
        """What stands in it now."""
        answer = self.world.run(self.reading("read"))
        control(answer.ok, f"{self.read.label} answered {answer.status}")
        return shown(answer), answer

    def hold(self, name: str, value: Any, by: Exchange) -> None:
        """From now on ``value`` stands there."""
        self.known[name], self.writes[name] = value, by

    def before(self) -> list[Exchange]:
        """What led to what stands in it."""
        return sorted(self.writes.values(), key=lambda each: each.number)

    def find_fields(self) -> list[str]:
        """Names of fields that hold what is written: each is written once and read back."""
        for name in self.names:
            value = self.change(name)
            if value is None:
                continue
            answer = self.world.run(self.writing(name, value))
            if not answer.ok:
                continue
            state, _ = self.state()
            if state.get(name) == value:
                self.hold(name, value, answer)
            if len(self.known) == MOST_FIELDS:
                break
        return list(self.known)


def shared(world: "World", subject: Subject) -> Shared:
    """A thing made for this example. Raises Inapplicable, Inconclusive."""
    if isinstance(subject.section, SharedSection):
        return _declared(world, subject.section)
    return _inferred(world, subject.operations[0])


def _declared(world: "World", section: SharedSection) -> Shared:
    scene = Scene(world, section.given)
    write, read = scene.operation(section.write.operation), scene.operation(section.read.operation)
    turns = {name: cycle(values) for name, values in section.fields.items()}

    def writer(body: Mapping[str, Any], match: str, purpose: str) -> Errand:
        headers = {**section.write.headers, **({"If-Match": match} if match else {})}
        whole = {**(section.write.body or {}), **body}
        given = section.write.model_copy(update={"body": whole, "headers": headers})
        return scene.errand(write, given, purpose=purpose)

    return Shared(
        world,
        write,
        read,
        section.write.body or {},
        list(turns),
        lambda name: next(turns[name]),
        lambda purpose: scene.errand(read, section.read, purpose=purpose),
        writer,
    )


def _inferred(world: "World", write: Operation) -> Shared:
    target = world.target
    read = reader(target.spec, write)
    told = target.told(write)
    applies(told.token is None, "it is sent with a token of its own, which reads nothing")
    applies(read is not None and write.body is not None, "what is written can not be read")
    assert read is not None
    assert write.body is not None
    made = world.reach(write, fresh=True)
    base, media = made.values.body, made.values.media_type or next(iter(write.body.content))
    applies(isinstance(base, Mapping) and "json" in media, "what is written has no fields")
    world.example.provenance += [*made.history, made.exchange]
    path = {name: each for name, each in made.values.path.items() if f"{{{name}}}" in read.path}

    def writer(body: Mapping[str, Any], match: str, purpose: str) -> Errand:
        given = made.values.headers
        headers = {name: each for name, each in given.items() if name.lower() != "if-match"}
        headers |= {"If-Match": match} if match else {}
        values = replace(made.values, body=dict(body), media_type=media, headers=headers)
        case = target.generator.build(write, values, purpose=purpose)
        return world.errand(case, made.principal, whole=False, purpose=purpose)

    def reading(purpose: str) -> Errand:
        template = target.boundary(read, valid=True, most=1)
        values = minimal(read, template[0].values if template else Values())
        values = replace(values, path=path, body=NO_BODY, media_type=None)
        case = target.generator.build(read, values, purpose=purpose)
        return world.errand(case, made.principal, whole=False, purpose=purpose)

    described = properties(target.spec, write.body.content[media].schema)
    return Shared(
        world,
        write,
        read,
        base,
        [each for each in described if each not in names_caller(target, write)],
        lambda name: next(_texts(world, write, made, media, name), None),
        reading,
        writer,
    )


def _texts(
    world: "World", write: Operation, made: Accepted, media: str, name: str
) -> Iterator[str]:
    """Texts for a field, where it may hold any, that were not used before."""
    target = world.target
    assert write.body is not None
    schema = write.body.content[media].schema
    described: Any = properties(target.spec, schema).get(name, {})
    formats = free(target.spec, name, described)
    if formats is None or f"/{name}" in target.references(write):
        return
    if "string" not in {each for one in branches(target.spec, described) for each in _types(one)}:
        return
    whole = made.values.body if write.method == "PUT" else {}
    for text in texts("troth", formats, target.memory.next_fresh(), target.salt):
        if target.validity.violations(schema, {**whole, name: text}) == ():
            yield text


def shown(answer: Exchange) -> dict[str, Any]:
    """The object that an answer is; empty where it is none."""
    try:
        body = answer.response.json() if answer.response is not None else None
    except ValueError:
        return {}
    return dict(body) if isinstance(body, Mapping) else {}


def _types(schema: Mapping[str, Any]) -> set[str]:
    given = schema.get("type", ())
    return {given} if isinstance(given, str) else set(given)
