"""Which role is served which operation, as far as a run has seen; and what a policy says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from troth.config.principals import PrincipalSection
from troth.errors import UsageError
from troth.exchange import Exchange
from troth.principal import ANONYMOUS
from troth.redaction import SENSITIVE
from troth.spec.operation import Operation, Spec

SERVED: Final = "served"
REFUSED: Final = "refused"
UNAUTHENTICATED: Final = "unauthenticated"
ANSWERED: Final = "answered otherwise"
_RANKS: Final = (SERVED, REFUSED, UNAUTHENTICATED, ANSWERED)

Cells = dict[str, dict[str, dict[str, Any]]]
"""By role and operation: the best that came of it, and its status."""


@dataclass
class Matrix:
    """A sink of the recorder. Roles of principals that have none are their own names."""

    principals: Mapping[str, PrincipalSection]
    keys: frozenset[str] = frozenset()
    """Headers that carry credentials, in lower case."""
    cells: Cells = field(default_factory=dict)

    def role(self, who: str) -> str:
        """The role of a principal."""
        section = self.principals.get(who)
        return section.role if section is not None and section.role else who

    def __call__(self, exchange: Exchange) -> None:
        """Take in what somebody was answered on his own credential, and on nothing else."""
        if exchange.operation is None or exchange.response is None:
            return
        if exchange.principal not in {ANONYMOUS, *self.principals}:
            return  # Who signed up for this run has no role that anybody reviews.
        if any(each.startswith(("token", "cookies")) for each in exchange.sources):
            return
        if exchange.principal == ANONYMOUS and any(
            name.lower() in SENSITIVE | self.keys for name, _ in exchange.request.headers
        ):
            return
        cell = cell_of(exchange)
        row = self.cells.setdefault(self.role(exchange.principal), {})
        known = row.get(exchange.operation)
        if known is None or _RANKS.index(cell) < _RANKS.index(known["cell"]):
            row[exchange.operation] = {"cell": cell, "status": exchange.status}

    def cell(self, who: str, label: str) -> str:
        """What came of it so far; empty when it was not asked."""
        return str(self.cells.get(self.role(who), {}).get(label, {}).get("cell", ""))


def cell_of(exchange: Exchange) -> str:
    """What an answer comes to."""
    if exchange.ok:
        return SERVED
    return {401: UNAUTHENTICATED, 403: REFUSED}.get(exchange.status, ANSWERED)


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> Cells:
    """What two workers saw."""
    found: Cells = {role: dict(row) for role, row in one.items()}
    for role, row in other.items():
        for label, cell in row.items():
            known = found.setdefault(role, {}).get(label)
            if known is None or _RANKS.index(cell["cell"]) < _RANKS.index(known["cell"]):
                found[role][label] = cell
    return found


def allowed(patterns: tuple[str, ...], operation: Operation) -> bool:
    """Whether some pattern means the operation, and none that begins with `!` does."""
    wanted = any(_means(each, operation) for each in patterns if not each.startswith("!"))
    return wanted and not any(_means(each[1:], operation) for each in patterns if each[:1] == "!")


def _means(pattern: str, operation: Operation) -> bool:
    if pattern.startswith("tag:"):
        return any(fnmatchcase(each, pattern[4:]) for each in operation.tags)
    return fnmatchcase(operation.label, pattern) or fnmatchcase(operation.id or "", pattern)


def checked(policy: Mapping[str, tuple[str, ...]], spec: Spec, roles: set[str]) -> None:
    """Raises UsageError where a policy names what is not there."""
    for role, patterns in policy.items():
        if role not in roles:
            names = ", ".join(sorted(roles)) or "none"
            raise UsageError(
                f"[policy.roles] has `{role}`, which no principal has; [principals] has: {names}"
            )
        for each in patterns:
            if not any(_means(each.removeprefix("!"), one) for one in spec.operations):
                raise UsageError(
                    f"[policy.roles] {role}: `{each}` means no operation; `troth matrix` lists them"
                )
