"""Which operations stand for the others, where a profile has no time to ask them all."""

from typing import Final

from troth.spec.naming import version
from troth.spec.operation import Operation
from troth.target import Target

_PREFIXES = frozenset({"api", "rest", "v"})


FEW: Final = 40
"""So many operations are all asked."""


def sampled(target: Target, operation: Operation) -> str:
    """Why ``operation`` is left out of a smoke run, for `unless`: another one of its kind is asked.

    Middleware treats operations alike, and routers those of one kind of thing.
    """
    if target.profile.examples > 1 or sum(map(target.asked, target.spec.operations)) <= FEW:
        return ""
    kind = kind_of(operation)
    first = (
        next(
            each
            for each in sorted(target.spec.operations, key=lambda one: one.method != "GET")
            if target.asked(each) and target.closed(each) is None and kind_of(each) == kind
        )
        if target.closed(operation) is None
        else operation
    )
    return "" if first is operation else f"{first.label} stands for it in smoke"


def kind_of(operation: Operation) -> str:
    """What operations are grouped by: the first tag, else the first telling segment of the path."""
    if operation.tags:
        return operation.tags[0]
    for segment in operation.path.split("/"):
        if segment and segment not in _PREFIXES and not version(segment) and "{" not in segment:
            return segment
    return ""
