"""How the time that a service takes grows with the size of what it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from troth.exchange import Breakage, Exchange
from troth.probing import Probe
from troth.prop import Inconclusive, expect
from troth.ranks import slope

SLOW: Final = 0.5
"""Seconds under which nobody is kept from anything by one request."""
STEEP: Final = 1.6
"""The power of the size beyond which the time does not grow linearly any more."""
LENGTHS: Final = (1_024, 2_048, 4_096, 8_192)
SHORT: Final = tuple(range(12, 32, 2))
"""In small steps, up to the first that is slow: where each letter doubles the time, two more are
waited for at most four times as long."""
KIND: Final = "a long string"
"""As FUZ104 calls it, whose finding a server error is."""
Make = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Sort:
    """Texts of any size, and harmless ones of the same size beside them."""

    what: str
    make: Make
    harmless: Make


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

    def time(self, value: Any) -> tuple[float, Exchange]:
        """The seconds until the answer to ``value``; those that were waited where none came."""
        answer = self.send(value, KIND)
        if answer.breakage is Breakage.TIMEOUT:
            return self.world.target.file.target.timeout, answer
        return (answer.response.elapsed if answer.response is not None else 0.0), answer


def explodes(clock: Clock, sort: Sort) -> bool:
    """Refute where a few letters more take many times as long; 2 of 2, beside harmless ones.

    Whether it became slow: then nothing more is asked of it, lest it hang.
    """
    times: list[float] = []
    for size in SHORT:
        took, answer = clock.time(sort.make(size))
        times.append(took)
        if took < SLOW:
            continue
        before = times[-3] if len(times) > 2 else times[0]
        harmless, _ = _again(clock, sort.harmless(size))
        second, again = _again(clock, sort.make(size))
        if max(before, harmless) * 4 < min(took, second) and second >= SLOW:
            _found(clock, f"{sort.what}: {size} characters take {took:.1f} s", answer, again)
        return True
    return False


def grows(clock: Clock, sort: Sort) -> bool:
    """Refute where the time grows faster than the size; 2 of 2, beside a short one.

    Whether it was slow.
    """
    first, shown = clock.time(sort.make(LENGTHS[-1]))
    if first < SLOW:
        return False
    witness = shown
    for _ in range(2):
        times = []
        for size in LENGTHS:
            took, witness = clock.time(sort.make(size))
            idle, _ = clock.time(sort.harmless(size))
            if idle * 3 > max(took, SLOW):
                return True  # whatever it is sent
            times.append(took)
        if times[-1] < SLOW or slope(LENGTHS, times) < STEEP:
            return True
    _found(clock, f"{sort.what}: {LENGTHS[-1]} characters take {times[-1]:.1f} s", shown, witness)
    return True


def _again(clock: Clock, value: Any) -> tuple[float, Exchange]:
    """Timed once more: a service that has not answered in time may be at it still."""
    try:
        return clock.time(value)
    except Inconclusive:
        raise Inconclusive("it was slow once, and could not be asked again") from None


def _found(clock: Clock, how: str, *shown: Exchange) -> None:
    root = f"{clock.operation.label}: time explodes with the size of {clock.spot.where}"
    expect(False, f"{root}: {how}", *shown, root=root)  # noqa: FBT003 - the refutation
