"""What one property is asked of: operations, WebSockets, resources, lists, life cycles, workflows.

It is the name of the test's argument: `operation`, `resource`, `write`, `collection`, `told`,
`lifecycle`, `stream`, `work`, `workflow`, and those of `troth.subjects`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import pytest

from troth.authority.guards import guards
from troth.ownership.overview import overviews
from troth.prop import Property
from troth.spec.families import Family, Write, singletons
from troth.spec.operation import BrokenOperation, Operation, Socket
from troth.subjects import KINDS
from troth.subjects import Subject as Whole
from troth.target import Target


class Subject(Protocol):
    """Something other than an operation that a property is asked of."""

    @property
    def label(self) -> str:
        """What node ids and reports call it."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What it is made of: without the first of them nothing can be asked."""


Asked = Operation | Socket | BrokenOperation | Subject


def _resources(target: Target) -> Iterable[Subject]:
    """What can be made, and seen afterwards."""
    for family in target.families:
        seen = family.read or any(each.identified for each in family.listings)
        if family.create is None or not family.id or not seen:
            continue
        # What is made on the strength of a token of its own is not its sender's.
        if target.told(family.create).token is None:
            yield family


def _writes(target: Target) -> Iterable[Subject]:
    """What is written to something that can be seen afterwards."""
    told = target.told
    for family in (*_resources(target), *singletons(target.spec)):
        assert isinstance(family, Family)
        if family.create is None and any(told(each).token for each in family.writers):
            continue
        yield from (Write(family, each) for each in family.writers if each.body is not None)


def _told(target: Target) -> Iterable[Subject]:
    """What tells of many things at once: lists, and what counts or exports them."""
    yield from target.collections
    yield from overviews(target)


SUBJECTS: Mapping[str, tuple[Callable[[Target], Iterable[Subject]], str]] = {
    "resource": (_resources, "the document describes nothing that can be made and seen"),
    "write": (_writes, "the document describes nothing that is written and can be read back"),
    "collection": (lambda target: target.collections, "the document describes no list"),
    "told": (_told, "the document describes nothing that lists, counts or exports"),
    "lifecycle": (lambda target: target.lifecycles, "the target file has no [lifecycles]"),
    "stream": (lambda target: target.streams, "the target file has no [streams]"),
    "work": (lambda target: target.works, "the target file has no [background]"),
    "workflow": (lambda target: target.workflows, "the target file has no [workflows]"),
    "guard": (guards, "no operation asks for a credential"),
    **KINDS,
}
"""By the name of a test's argument: what there is, and why there is nothing."""

NAMES = ("operation", *SUBJECTS)


def subject(fixtures: Iterable[str]) -> str | None:
    """Which of its arguments says what a test is asked of, or None."""
    return next((each for each in fixtures if each in NAMES), None)


def parameters(declared: Property, target: Target, name: str = "operation") -> list[object]:
    """A parameter each, skipped with its reason where it is not to be sent; never none."""
    if name in SUBJECTS:
        make, none = SUBJECTS[name]
        every: list[Asked] = list(make(target))
    else:
        every = list(_all(declared, target))
        kind = "operation" if declared.operations else "WebSocket"
        none = f"the document describes no {kind}"
    wanted = [each for each in every if _wanted(each, target)]
    reasons = [declared.unless(target, each) if declared.unless else "" for each in wanted]
    asked = [each for each, reason in zip(wanted, reasons, strict=True) if not reason]
    if asked:
        return [_parameter(each, target) for each in asked]
    none = f"not applicable: {telling(reasons)}" if reasons else none
    reason = "no operation was asked for" if every and not wanted else none
    return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]


def telling(reasons: list[str]) -> str:
    """Of several reasons the one that a target file can do something about, else the commonest."""
    counts = Counter(reasons)
    return max(counts, key=lambda each: ("[" in each, counts[each]))


def _all(declared: Property, target: Target) -> Iterable[Asked]:
    if declared.operations:
        yield from target.spec.operations
    if declared.sockets:
        yield from target.spec.sockets
    if declared.broken:
        yield from target.spec.broken


def _wanted(asked: Asked, target: Target) -> bool:
    if isinstance(asked, Operation | Socket | BrokenOperation):
        return target.asked(asked)
    return any(target.asked(each) for each in asked.operations)


def _parameter(asked: Asked, target: Target) -> object:
    reason = None
    if isinstance(asked, Operation | Socket):
        reason = target.closed(asked)
    elif not isinstance(asked, BrokenOperation):
        needed = asked.operations if isinstance(asked, Whole) else asked.operations[:1]
        reason = next((each for each in map(target.closed, needed) if each), None)
    marks = [pytest.mark.skip(reason=reason)] if reason else []
    return pytest.param(asked, id=asked.label, marks=marks)
