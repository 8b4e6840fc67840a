"""How the time that a service takes grows with the size of what it is sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2
from statistics import median
from typing import Any, Final

from troth.exchange import Breakage, Exchange
from troth.probes.probing import Probe
from troth.probes.ranks import slope
from troth.prop import Inconclusive, expect

SLOW: Final = 0.5
"""Seconds under which nobody is kept from anything by one request."""
STEEP: Final = 1.6
"""The power of the size beyond which the time does not grow linearly any more."""
ROUNDS: Final = 3
"""Times that are measured once something was slow.

Where a busy machine, and no size, makes some answers slow, the times of four sizes come in their
order once in 24 rounds, and in all three once in 13 824; three slow ones are all above nine others
once in 220.
"""
LENGTHS: Final = (1_024, 2_048, 4_096, 8_192)
SHORTEST, LONGEST = 16, 30
"""Letters of what explodes."""
_WIDEST: Final = 6
_WAITED: Final = 8 * SLOW
KIND: Final = "a long string"
"""As FUZ104 calls it, whose finding a server error is."""
Make = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Sort:
    """Values of any size, and harmless ones beside them. ``kind`` is what FUZ104 calls such a one.

    ``sizes`` double from one to the next; of what explodes they do not matter.
    """

    what: str
    make: Make
    harmless: Make
    sizes: Sequence[int] = LENGTHS
    kind: str = KIND


# What a pattern with a repetition within a repetition tries in all ways, before it says no.
EXPLODING: Final = (
    Sort("letters without an end", lambda n: "a" * n + "!", lambda n: "!" * n),
    Sort("an address without an end", lambda n: "a@" + "a" * n + "!", lambda n: "!" * n),
    Sort("words without an end", lambda n: "a." * (n // 2) + "!", lambda n: "!" * n),
)
# What is scanned anew from each of its places.
LONG: Final = (
    Sort("a long text", lambda n: "a" * n, lambda _: "aaaa"),
    Sort("blanks before a letter", lambda n: "a" + " " * (n - 2) + "b", lambda _: "a  b"),
    Sort("brackets that are not closed", lambda n: "[" * n, lambda _: "[[[["),
)


class Clock(Probe):
    """A place whose answers are timed."""

    def time(self, value: Any, kind: str) -> tuple[float, Exchange]:
        """The seconds until the answer to ``value``; those that were waited where none came."""
        answer = self.send(value, kind)
        if answer.breakage is Breakage.TIMEOUT:
            return self.world.target.file.target.timeout, answer
        return (answer.response.elapsed if answer.response is not None else 0.0), answer

    def once_more(self, value: Any, kind: str) -> tuple[float, Exchange]:
        """Timed once more: a service that has not answered in time may be at it still."""
        try:
            return self.time(value, kind)
        except Inconclusive:
            raise Inconclusive("it was slow once, and could not be asked again") from None


def step(took: float) -> int:
    """The letters that may be added to what took so many seconds, where each may double it."""
    return max(2, min(_WIDEST, int(log2(_WAITED / max(took, 0.001)))))


def explodes(clock: Clock, sort: Sort) -> bool:
    """Refute where a few letters more take many times as long, in each of three rounds, beside
    fewer letters and harmless ones.

    Whether it became slow: then nothing more is asked of it, lest it hang.
    """
    smaller, size = SHORTEST - 4, SHORTEST
    while True:
        took, shown = clock.time(sort.make(size), sort.kind)
        if took >= SLOW:
            break
        if size == LONGEST:
            return False
        smaller, size = size, min(LONGEST, size + step(took))
    slow, others, witness = [], [], shown
    for _ in range(ROUNDS):
        others += [
            clock.once_more(each, sort.kind)[0]
            for each in (sort.make(smaller), sort.harmless(size), sort.harmless(size))
        ]
        took, witness = clock.once_more(sort.make(size), sort.kind)
        slow.append(took)
        if min(slow) < SLOW or max(others) * 4 >= min(slow):
            return True
    how = f"{sort.what}: {size} characters take {min(slow):.1f} s, {smaller} of them a fraction"
    _found(clock, how, shown, witness)
    return True


def grows(clock: Clock, sort: Sort) -> bool:
    """Refute where the time grows faster than the size, in each of three rounds, of which every
    other one begins with the largest; beside small ones.

    Whether it was slow. Raises Inconclusive where it is, and the machine is too busy to tell.
    """
    largest = sort.sizes[-1]
    first, shown = clock.time(sort.make(largest), sort.kind)
    if first < SLOW:
        return False
    rounds: list[list[float]] = []
    idle: list[float] = []
    witness = shown
    for turn in range(ROUNDS):
        times: dict[int, float] = {}
        for size in sort.sizes if turn % 2 == 0 else reversed(sort.sizes):
            times[size], answer = clock.once_more(sort.make(size), sort.kind)
            witness = answer if size == largest else witness
            idle.append(clock.once_more(sort.harmless(size), sort.kind)[0])
        if times[largest] < SLOW or median(idle) * 3 > times[largest]:
            return True  # Once only, or whatever it is sent.
        rounds.append([times[each] for each in sort.sizes])
    if slope(sort.sizes, [median(each) for each in zip(*rounds, strict=True)]) < STEEP:
        return True
    fastest = min(each[-1] for each in rounds)
    if max(idle) * 3 > fastest or any(each != sorted(each) for each in rounds):
        raise Inconclusive("its time seems to grow faster than what it is sent: ask it when idle")
    _found(clock, f"{sort.what}: size {largest} takes {fastest:.1f} s", shown, witness)
    return True


def _found(clock: Clock, how: str, *shown: Exchange) -> None:
    root = f"{clock.operation.label}: time explodes with the size of {clock.spot.where}"
    expect(False, f"{root}: {how}", *shown, root=root)  # noqa: FBT003 - the refutation
