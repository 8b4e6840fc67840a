"""Who stands where: which roles may not ask an operation, and who is lower than others."""

from collections.abc import Iterator
from typing import Final

from troth.authority.roles import REFUSED, UNAUTHENTICATED, allowed, checked
from troth.people.senders import fits
from troth.principal import ANONYMOUS
from troth.spec.operation import Operation
from troth.target import Target

FEW: Final = 8
"""Boundary cases of an operation, less than which means that there is time for little."""


def brief(target: Target) -> bool:
    """Whether the profile has time for little."""
    return target.profile.boundary is not None and target.profile.boundary < FEW


def roles(target: Target) -> dict[str, list[str]]:
    """The principals of each role; who has none is a role of his own name."""
    found: dict[str, list[str]] = {}
    for name in target.principals:
        if name not in {ANONYMOUS, *target.newcomers}:
            found.setdefault(target.roles.role(name), []).append(name)
    return found


def forbidden(target: Target, operation: Operation) -> list[tuple[str, str, str]]:
    """Roles that may not ask ``operation``, a principal of each, and what says so."""
    return list(_forbidden(target, operation))


def _forbidden(target: Target, operation: Operation) -> Iterator[tuple[str, str, str]]:
    policy, reviewed = target.policy.roles, target.policy.reviewed_roles
    known = roles(target)
    checked(policy, target.spec, set(known))
    for role, names in known.items():
        fitting = [each for each in names if fits(target, each, operation)]
        if not fitting:
            continue
        if role in policy and not allowed(policy[role], operation):
            yield role, fitting[0], "[policy.roles] does not allow it"
        elif reviewed.get(role, {}).get(operation.label) in {REFUSED, UNAUTHENTICATED}:
            yield role, fitting[0], "it was refused when its roles were reviewed"


def others(target: Target, operation: Operation, who: str) -> list[str]:
    """Principals of other roles in the same tenant whose credential fits, one of each role.

    Whoever was refused most so far comes first: lowest, most likely. A principal without a role
    is nobody's higher or lower.
    """
    file = target.file.principals
    own = file.get(who)
    found: dict[str, str] = {}
    for name, section in file.items():
        if own is None or name == who or not section.role or section.role == own.role:
            continue
        if section.tenant == own.tenant and fits(target, name, operation):
            found.setdefault(section.role, name)

    def refusals(name: str) -> int:
        row = target.roles.cells.get(target.roles.role(name), {})
        return sum(cell["cell"] == REFUSED for cell in row.values())

    return sorted(found.values(), key=lambda name: -refusals(name))
