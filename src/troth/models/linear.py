"""Whether what several clients saw at once is what some order, one after the other, would show.

The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993), with Lowe's memory of
what was tried: exhaustive, and so for small histories. Nothing here sends anything.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Call(Generic[A]):
    """What one client did, from ``began`` to ``ended`` on one clock.

    ``ended`` is infinite of what was never answered: it took effect at some time, or never.
    """

    action: A
    began: float
    ended: float = inf


def order(
    calls: Sequence[Call[A]], start: S, step: Callable[[S, A], tuple[bool, S]]
) -> tuple[int, ...] | None:
    """The places of ``calls`` in an order that explains them all; None where there is none.

    ``step`` says whether an action shows what it would in a state, and which state follows. An
    order explains them when each shows that, and none stands before one that had ended when it
    began. What was never answered may be left out.
    """
    tried: set[tuple[frozenset[int], S]] = set()

    def search(done: tuple[int, ...], state: S) -> tuple[int, ...] | None:
        known = frozenset(done)
        left = [place for place in range(len(calls)) if place not in known]
        if all(calls[place].ended == inf for place in left):
            return done
        if (known, state) in tried:
            return None
        tried.add((known, state))
        # Whoever began after another had ended comes after it.
        first_end = min(calls[place].ended for place in left)
        for place in left:
            if calls[place].began > first_end:
                continue
            shown, after = step(state, calls[place].action)
            found = search((*done, place), after) if shown else None
            if found is not None:
                return found
        return None

    return search((), start)


@dataclass(frozen=True, slots=True)
class Write:
    """A register is given ``value``. ``done`` is False of one that was refused, None unanswered."""

    value: Hashable
    done: bool | None = True


@dataclass(frozen=True, slots=True)
class Read:
    """A register showed ``value``."""

    value: Hashable


def register(state: Hashable, action: Write | Read) -> tuple[bool, Hashable]:
    """One value that is written and read."""
    if isinstance(action, Read):
        return action.value == state, state
    return True, (state if action.done is False else action.value)
