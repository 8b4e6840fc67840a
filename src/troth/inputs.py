"""The strategies a world offers: boundary cases in one phase, generated ones in the other."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from troth.case import Case
from troth.faults import single
from troth.prop import Inapplicable
from troth.reach import complete
from troth.references import Resolver
from troth.spec.operation import Operation
from troth.strategies.hostile import hostile_requests, hostile_values

if TYPE_CHECKING:
    from troth.world import World


def sampled(world: "World", cases: Sequence[Case], *, none: str) -> st.SearchStrategy[Case]:
    """The first ``cases``, as many as the profile allows. Raises Inapplicable for no cases."""
    most = world.target.profile.boundary
    chosen = cases if most is None else cases[:most]
    if not chosen:
        raise Inapplicable(none)
    return st.sampled_from(list(chosen))


def valid_cases(world: "World", operation: Operation) -> st.SearchStrategy[Case]:
    """Schema-valid cases whose path refers to things that exist."""
    target = world.target
    # Reached once first: the references are known to be good, and by whom it may be called.
    accepted = world.accepted(operation)
    fresh = operation.method == "DELETE"
    resolver = Resolver(world, operation, accepted.principal, fresh=fresh, above=(operation.label,))
    path = resolver.path({}) if fresh else dict(accepted.values.path)

    def ours(case: Case) -> Case:
        values = complete(world, operation, case.values, resolver, path)
        return target.generator.build(operation, values, purpose=case.purpose)

    if world.example.tally.phase == "boundary":
        cases = target.boundary(operation, valid=True, most=target.profile.boundary)
        return sampled(world, cases, none="no boundary case").map(ours)
    return target.generator.generated(operation, valid=True).map(ours)


def isolated_cases(world: "World", operation: Operation) -> list[Case]:
    """The boundary cases that are certainly wrong in exactly one place, varied ones first."""
    target = world.target
    base = world.accepted(operation).values
    found = []
    most = target.profile.boundary
    # A sample needs variety to choose from, not all there is.
    for case in target.boundary(operation, valid=False, most=most and 10 * most):
        single_ = single(case, base, target.validity)
        if single_ is not None:
            found.append(target.generator.build(operation, single_[0], fault=single_[1]))
    return target.generator_sample(found)


def invalid_cases(world: "World", operation: Operation) -> st.SearchStrategy[Case]:
    """Cases that are wrong in exactly one place; the rest is of a case that was served."""
    target = world.target
    if world.example.tally.phase == "boundary":
        cases = isolated_cases(world, operation)
        return sampled(world, cases, none="nothing in its input can violate the schema")
    base = world.accepted(operation).values

    def isolated(case: Case) -> Case:
        # Which cases can be isolated is known only once they are drawn.
        found = single(case, base, target.validity)
        if found is None:
            return replace(case, fault=None)
        return target.generator.build(operation, found[0], fault=found[1])

    return target.generator.generated(operation, valid=False).map(isolated)


def hostile_cases(world: "World", operation: Operation) -> st.SearchStrategy[Case]:
    """Hostile values and bodies by turns, so that a sample has some of both."""
    target = world.target
    accepted = world.accepted(operation)
    base = target.generator.build(operation, accepted.values)
    values = [
        target.generator.build(operation, changed, fault=fault)
        for changed, fault in hostile_values(operation, accepted.values)
    ]
    requests = list(hostile_requests(operation, base))
    mixed = [case for pair in zip_longest(values, requests) for case in pair if case is not None]
    return sampled(world, mixed, none="there is no place for a hostile value")
