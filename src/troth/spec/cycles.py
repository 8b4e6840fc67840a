"""Cuts the cycles of the resource graph: what needs itself can never be called."""

from collections.abc import Hashable, Mapping
from typing import Protocol, TypeVar


class _Named(Protocol):
    @property
    def operation(self) -> str: ...


class _Place(_Named, Hashable, Protocol): ...


R = TypeVar("R", bound=_Place)
P = TypeVar("P", bound=_Named)


def acyclic(found: Mapping[R, list[P]]) -> dict[R, list[P]]:
    """``found`` without the producers that close a circle, and without those that have no way in.

    The edges that lead from deep to shallow operations are kept first: they can not close one,
    and every reference that can be got at all has one of them.
    """
    depth = _depths(found)
    needs = Needs()

    def downwards(reference: R, producer: P) -> bool:
        own, below = depth.get(reference.operation), depth.get(producer.operation)
        return own is not None and below is not None and below < own

    kept: set[tuple[R, int]] = set()
    for first in (True, False):
        for reference, producers in found.items():
            for index, producer in enumerate(producers):
                if downwards(reference, producer) is not first:
                    continue
                grounded = depth.get(producer.operation) is not None
                if grounded and needs.add(reference.operation, producer.operation):
                    kept.add((reference, index))
    return {
        reference: [each for index, each in enumerate(producers) if (reference, index) in kept]
        for reference, producers in found.items()
    }


def _depths(found: Mapping[R, list[P]]) -> dict[str, int | None]:
    """0 for an operation without references, else one more than the deepest of them, each as
    deep as its shallowest producer; None where there is no way in.
    """
    needed: dict[str, list[R]] = {}
    for reference in found:
        needed.setdefault(reference.operation, []).append(reference)
    depth: dict[str, int | None] = {
        each.operation: 0 for producers in found.values() for each in producers
    }
    depth |= dict.fromkeys(needed)
    changed = True
    while changed:
        changed = False
        for operation, references in needed.items():
            deepest = -1
            for reference in references:
                ways = [depth[each.operation] for each in found[reference]]
                known = [each for each in ways if each is not None]
                if ways and not known:
                    break
                # One that nothing produces at all is left to generation: it costs no depth.
                deepest = max(deepest, min(known, default=-1))
            else:
                before = depth[operation]
                if before is None or deepest + 1 < before:
                    depth[operation] = deepest + 1
                    changed = True
    return depth


class Needs:
    """Which operations need which, as far as is known; refuses to close a circle."""

    def __init__(self) -> None:
        self._needs: dict[str, set[str]] = {}

    def add(self, consumer: str, producer: str) -> bool:
        """Note that ``consumer`` may need ``producer``, unless the latter needs the former."""
        pending, seen = [producer], {producer}
        while pending:
            each = pending.pop()
            if each == consumer:
                return False
            fresh = self._needs.get(each, set()) - seen
            seen |= fresh
            pending.extend(fresh)
        self._needs.setdefault(consumer, set()).add(producer)
        return True
