"""Spreads many ways of asking over many operations, where a profile has no time for all on each."""

from collections.abc import Sequence
from typing import TypeVar

from troth.spec.operation import Operation
from troth.target import Target

Way = TypeVar("Way")


def spread(
    target: Target, operation: Operation, ways: Sequence[Way], *, most: int | None = None
) -> tuple[Way, ...]:
    """As many of ``ways`` as the profile allows one operation, others for the next operation.

    The order is the document's, so the same run asks the same; where few operations are asked,
    each gets more, up to all. ``most`` is another limit, of a profile that has any.
    """
    allowed = target.profile.boundary
    most = min(allowed, most) if most is not None and allowed is not None else allowed
    if most is None or len(ways) <= most:
        return tuple(ways)
    labels = [each.label for each in target.spec.operations]
    first = labels.index(operation.label) * most if operation.label in labels else 0
    return tuple(ways[(first + step) % len(ways)] for step in range(most))
