"""Cuts the cycles of the resource graph: what needs itself can never be called."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Protocol, TypeVar


class _Named(Protocol):
    @property
    def operation(self) -> str: ...


class _Place(_Named, Hashable, Protocol): ...


R = TypeVar("R", bound=_Place)
P = TypeVar("P", bound=_Named)


def acyclic(found: Mapping[R, list[P]]) -> tuple[dict[R, list[P]], "Needs"]:
    """``found`` without the producers that close a circle, and without those that have no way in;
    and who needs whom by it.

    The edges that lead from deep to shallow operations are kept first: they can not close one,
    and every reference that can be got at all has one of them.
    """
    depth = _depths(found)
    reached = [(own, each) for each, own in depth.items() if own is not None]
    needs = Needs(each for _, each in sorted(reached, key=lambda pair: -pair[0]))

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
    left = {
        reference: [each for index, each in enumerate(producers) if (reference, index) in kept]
        for reference, producers in found.items()
    }
    return left, needs


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
    """Which operations need which, as far as is known; refuses to close a circle.

    They are kept in an order in which each stands before what it needs, as Pearce and Kelly keep
    it: what is added with that order costs nothing, and against it only what lies between is
    looked at. A document of ten thousand operations has a hundred thousand such needs.
    """

    def __init__(self, order: Iterable[str] = ()) -> None:
        self._place = {each: place for place, each in enumerate(order)}
        self._needs: dict[str, set[str]] = {}
        self._needed_by: dict[str, set[str]] = {}
        self._refused: set[tuple[str, str]] = set()

    def add(self, consumer: str, producer: str) -> bool:
        """Note that ``consumer`` may need ``producer``, unless the latter needs the former."""
        if consumer == producer or (consumer, producer) in self._refused:
            return False  # a circle stays one, whatever is added
        needs = self._needs.setdefault(consumer, set())
        if producer in needs:
            return True
        last = self._place.setdefault(consumer, len(self._place))
        first = self._place.setdefault(producer, len(self._place))
        if first < last:
            below = self._reached(producer, self._needs, lambda place: place <= last, consumer)
            if consumer in below:
                self._refused.add((consumer, producer))
                return False
            above = self._reached(consumer, self._needed_by, lambda place: place >= first)
            self._reorder(above, below)
        needs.add(producer)
        self._needed_by.setdefault(producer, set()).add(consumer)
        return True

    def _reached(
        self,
        start: str,
        ways: Mapping[str, set[str]],
        within: Callable[[int], bool],
        until: str | None = None,
    ) -> set[str]:
        pending, seen = [start], {start}
        while pending and until not in seen:
            fresh = ways.get(pending.pop(), set()) - seen
            near = [each for each in fresh if within(self._place[each])]
            seen.update(near)
            pending.extend(near)
        return seen

    def _reorder(self, above: set[str], below: set[str]) -> None:
        """Put ``above`` before ``below``, each in its own order, into the places that they have."""
        by_place = self._place.__getitem__
        moved = [*sorted(above, key=by_place), *sorted(below, key=by_place)]
        places = sorted(map(by_place, moved))
        self._place.update(zip(moved, places, strict=True))
