"""What a world offers to draw: listed cases in the boundary phase, strategies in the random one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, TypeVar, cast

from hypothesis import strategies as st

from troth.case import Case
from troth.composing.faults import single, varied
from troth.composing.reach import complete
from troth.composing.references import Resolver
from troth.prop import Inapplicable
from troth.spec.operation import Operation
from troth.strategies.hostile import hostile_places, hostile_requests, hostile_values

if TYPE_CHECKING:
    from troth.world import World


@dataclass(frozen=True, slots=True)
class Listed:
    """A finite list of cases, each finished by ``then`` when its turn comes."""

    cases: Sequence[Case]
    then: Callable[[Case], Case]


@dataclass
class Walk:
    """Stands in for Hypothesis's ``data`` while a list is walked: the ``turn``-th case of it.

    Boundary cases are minimal already. Walked without Hypothesis, all of them are asked, also
    after one has failed.
    """

    turn: int = 0
    length: int = 1

    def draw(self, source: Any, label: str | None = None) -> Case:
        """The case whose turn it is. Raises TypeError for anything but a list of ours."""
        if not isinstance(source, Listed):
            raise TypeError(f"{label or source!r}: only cases of a world are drawn in this phase")
        self.length = len(source.cases)
        return source.then(source.cases[self.turn])


Drawn = st.SearchStrategy[Case]
Value = TypeVar("Value")


def either(
    world: "World", listed: Sequence[Value], drawn: st.SearchStrategy[Value]
) -> st.SearchStrategy[Value]:
    """One of ``listed`` after the other in the boundary phase, ``drawn`` in the random one."""
    if world.example.tally.phase == "random":
        return drawn
    cases = cast("Sequence[Case]", listed[: world.target.profile.boundary])
    return cast("st.SearchStrategy[Value]", Listed(cases, lambda case: case))


def _listed(
    world: "World",
    make: Callable[[], Iterable[Case]],
    *,
    none: str,
    then: Callable[[Case], Case] = lambda case: case,
) -> Drawn:
    """As many cases as the profile allows, made once a test. Raises Inapplicable for none."""
    tally = world.example.tally
    if tally.listed is None:
        tally.listed = list(islice(make(), world.target.profile.boundary))
    if not tally.listed:
        raise Inapplicable(none)
    # A test draws it like a strategy; which of both it is depends on the phase alone.
    return cast("Drawn", Listed(tally.listed, then))


def valid_cases(world: "World", operation: Operation) -> Drawn:
    """Schema-valid cases whose path refers to things that exist."""
    target = world.target
    ours = _referring(world, operation)
    if world.example.tally.phase == "random":
        return target.generator.generated(operation, valid=True).map(ours)
    most = target.profile.boundary
    return _listed(
        world,
        lambda: target.boundary(operation, valid=True, most=most),
        none="no boundary case",
        then=ours,
    )


def written_cases(world: "World", operations: Sequence[Operation]) -> Drawn:
    """Of each of these by turns: a valid case, one with a fault, one with a hostile value."""
    target = world.target
    most = target.profile.boundary

    def made() -> Iterable[Case]:
        kinds: list[Iterable[Case]] = []
        for operation in operations:
            kinds.append(target.boundary(operation, valid=True, most=most))
            kinds.append(isolated_cases(world, operation))
            kinds.append(hostile_made(world, operation))
        return (each for row in zip_longest(*kinds) for each in row if each is not None)

    def then(case: Case) -> Case:
        valid = case.fault is None and case.operation in operations
        return _referring(world, case.operation)(case) if valid and case.operation else case

    return _listed(world, made, none="nothing can be written", then=then)


def _referring(world: "World", operation: Operation) -> Callable[[Case], Case]:
    """Puts real ids into a case of ``operation``."""
    target = world.target
    # Reached once first: the references are known to be good, and by whom it may be called.
    accepted = world.accepted(operation)
    # What was good for once is replaced when it is sent.
    fresh = operation.method == "DELETE" and operation.label not in target.memory.once
    resolver = Resolver(world, operation, accepted.principal, fresh=fresh, above=(operation.label,))

    def ours(case: Case) -> Case:
        path = resolver.path({}) if fresh else accepted.values.path
        values = complete(world, operation, case.values, resolver, path)
        return target.generator.build(operation, values, purpose=case.purpose)

    return ours


def isolated_cases(world: "World", operation: Operation) -> Iterator[Case]:
    """The boundary cases that are certainly wrong in exactly one place, varied ones first."""
    target = world.target
    base = world.accepted(operation).values
    known, faulty = target.memory.isolated.get(operation.label, (None, ()))
    if known != base:
        most = target.profile.boundary
        # A sample needs variety to choose from, not all there is.
        cases = target.boundary(operation, valid=False, most=most and 10 * most)
        isolated = (single(case, base, target.validity) for case in cases)
        faulty = tuple(varied(each for each in isolated if each is not None))
        target.memory.isolated[operation.label] = (base, faulty)
    for values, fault in faulty:
        yield target.generator.build(operation, values, fault=fault)


def invalid_cases(world: "World", operation: Operation) -> Drawn:
    """Cases that are wrong in exactly one place; the rest is of a case that was served."""
    target = world.target
    base = world.accepted(operation).values

    def isolated(case: Case) -> Case:
        # Which cases can be isolated is known only once they are drawn.
        found = single(case, base, target.validity)
        if found is None:
            return replace(case, fault=None)
        return target.generator.build(operation, found[0], fault=found[1])

    if world.example.tally.phase == "random":
        return target.generator.generated(operation, valid=False).map(isolated)
    return _listed(
        world,
        lambda: isolated_cases(world, operation),
        none="nothing in its input can violate the schema",
    )


def hostile_cases(world: "World", operation: Operation) -> Drawn:
    """Hostile values and bodies by turns, so that a sample has some of both."""
    none = "there is no place for a hostile value"
    return _listed(world, lambda: hostile_made(world, operation), none=none)


def hostile_made(world: "World", operation: Operation) -> Iterator[Case]:
    """All of them, as far as they differ."""
    target = world.target
    accepted = world.accepted(operation)
    base = target.generator.build(operation, accepted.values)
    places = hostile_places(target.spec, operation, accepted.values)
    nul, values = hostile_values(places, accepted.values)
    for one, other, request in zip_longest(nul, values, hostile_requests(operation, base)):
        for given, why in [each for each in (one, other) if each is not None]:
            case = target.generator.build(operation, given, fault=why)
            # Servers may decode a slash before they route: then it is no longer this path.
            elsewhere = why.location == "path" and "/" in str(given.path[why.name])
            yield replace(case, operation=None) if elsewhere else case
        if request is not None:
            yield request
