"""Guards: what stands between a caller without a credential and the operations that want one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from troth.authority.presented import Presented, instead, served, shown_by
from troth.case import Case
from troth.exchange import Exchange
from troth.prop import Inconclusive
from troth.spec.operation import Operation, Socket
from troth.target import Target

if TYPE_CHECKING:
    from troth.world import World

_BARRED: Final = frozenset({401, 403})
FEW: Final = 60
"""Ways that smoke asks of all guards together."""
_PREFIX: Final = re.compile(r"api|rest|v[0-9.]+", re.IGNORECASE)
SHARE: Final = 20
"""The part of a profile's boundary cases that each operation is asked in otherwise."""


EVERY: Final = 1000
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Guard:
    """Operations of one tag that ask for the same schemes; most likely one piece of code."""

    label: str
    all: tuple[Operation | Socket, ...]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Of WebSockets, their handshakes."""
        return tuple(each.handshake if isinstance(each, Socket) else each for each in self.all)


def guards(target: Target) -> list[Guard]:
    """All of them, in the document's order, with what may be asked."""
    found: dict[str, list[Operation | Socket]] = {}
    every: list[Operation | Socket] = [*target.spec.operations, *target.spec.sockets]
    for each in every:
        asked = each.handshake if isinstance(each, Socket) else each
        if not asked.secured or not target.asked(each) or target.closed(each):
            continue
        schemes = " or ".join("+".join(sorted(way)) for way in asked.security)
        found.setdefault(f"{schemes} of {place_of(asked)}", []).append(each)
    return [Guard(label, tuple(each)) for label, each in found.items()]


def place_of(operation: Operation) -> str:
    """Its first tag, else the first segment of its path that says something."""
    if operation.tags:
        return operation.tags[0]
    segments = [each for each in operation.path.split("/") if each and not each.startswith("{")]
    telling = [each for each in segments if not _PREFIX.fullmatch(each)]
    return "/" + (telling or segments or [""])[0]


def asked_of(world: "World", guard: Guard) -> Iterator[tuple[Operation | Socket, int, int]]:
    """Operations behind ``guard``; in how many ways each is asked, and from which on."""
    target = world.target
    every = guards(target)
    place = [each.label for each in every].index(guard.label)
    most = target.profile.boundary
    if most is not None and most < SHARE:
        first = min(guard.all, key=lambda each: each.label not in target.memory.accepted)
        share = max(1, FEW // len(every))
        yield first, place * share, share
        return
    few = FEW // sum(len(each.all) for each in every)
    for step, each in enumerate(guard.all):
        share = max(most // SHARE, few) if most is not None else EVERY
        yield each, place + step * share, share


def turn(ways: Sequence[Kind], first: int, most: int) -> tuple[Kind, ...]:
    """So many of ``ways``, each once, beginning with the one at ``first``."""
    return tuple(ways[(first + step) % len(ways)] for step in range(min(most, len(ways))))


def door(world: "World", asked: Operation | Socket) -> tuple[Presented, Case, Exchange] | None:
    """The credential that ``asked`` was served with, the case, and the answer.

    None where it was served without one, or is served without this one. Raises Inconclusive.
    """
    accepted = world.accepted(asked)
    shown = shown_by(world, accepted)
    if shown is None:
        return None
    case = world.case(asked, accepted.values)
    guarded = world.target.memory.guarded
    if asked.label not in guarded:
        nobody = instead(world, case, shown, None)
        if nobody.response is None or nobody.status == 429 or nobody.status >= 500:
            raise Inconclusive(f"{asked.label} gave no answer to judge without a credential")
        if nobody.status not in _BARRED and not served(nobody, accepted.exchange):
            # What is gone is refused to everybody.
            genuine = world.send(case, purpose="as whoever may")
            if not served(genuine, accepted.exchange):
                raise Inconclusive(f"{asked.label} is not served any more: {genuine.status}")
        guarded[asked.label] = not served(nobody, accepted.exchange)
    return (shown, case, accepted.exchange) if guarded[asked.label] else None
