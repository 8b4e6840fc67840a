"""Sends requests at once, each on a connection of its own, and records them in a fixed order.

All connect first and wait for each other with the whole request in hand: what goes out goes out
within a fraction of a millisecond. The sinks see the exchanges when all have ended, by number, so
that two runs write the same evidence whoever came first.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from math import inf
from typing import Final, TypeVar

from troth.exchange import Exchange, Request
from troth.transport.http import Outcome
from troth.transport.record import Recorder, Sink

Meeting = Callable[[], None]
"""Waits until all are there."""
Sent = TypeVar("Sent")
PATIENCE: Final = 10.0
"""Seconds that a request waits for the others: one that cannot connect does not hold them up."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One request, with its credential on it, and who sends it for what."""

    request: Request
    principal: str
    operation: str | None
    purpose: str = ""
    sources: tuple[str, ...] = ()
    first: Sink | None = None
    within: Callable[[], AbstractContextManager[None]] = nullcontext
    """Surrounds the recording, not the sending."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An exchange, and when its request began to go out and its answer had come.

    Both in seconds of ``time.monotonic``; ``ended`` is infinite when no answer came: what was
    asked may still take effect.
    """

    exchange: Exchange
    began: float
    ended: float


def together(recorder: Recorder, lanes: Sequence[Sequence[Sending]]) -> list[list[Timed]]:
    """What came of each request; a lane sends its own one after the other, all lanes at once.

    Raises NotSent and UnsendableRequest before anything is sent.
    """
    numbered: list[list[Exchange]] = [[] for _ in lanes]
    for step in zip_longest(*lanes):
        for lane, each in zip(numbered, step, strict=True):
            if each is not None:
                lane.append(_numbered(recorder, each))
    first = min(each.number for lane in numbered for each in lane)

    def sent(lane: list[Exchange], meet: Meeting) -> list[tuple[Exchange, Outcome]]:
        return [recorder.attempt(each, ready=meet if each is lane[0] else _go) for each in lane]

    ended = at_once([partial(sent, lane) for lane in numbered])
    return _kept(recorder, lanes, ended, first)


def at_once(sends: Sequence[Callable[[Meeting], Sent]]) -> list[Sent]:
    """What each of ``sends`` returns; each runs in a thread, and is given where to wait for the
    others. Raises what one of them raised.
    """
    barrier = threading.Barrier(len(sends))
    done: dict[int, Sent] = {}
    crashes: list[BaseException] = []

    def meet() -> None:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(PATIENCE)

    def run(place: int) -> None:
        try:
            done[place] = sends[place](meet)
        except BaseException as crash:  # noqa: BLE001 - raised again below, by who waits
            crashes.append(crash)
        finally:
            barrier.abort()  # whoever still waits need not

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(sends))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if crashes:
        raise crashes[0]
    return [done[place] for place in range(len(sends))]


def _numbered(recorder: Recorder, each: Sending) -> Exchange:
    return recorder.number(
        each.request,
        principal=each.principal,
        operation=each.operation,
        purpose=each.purpose,
        sources=each.sources,
    )


def _kept(
    recorder: Recorder,
    lanes: Sequence[Sequence[Sending]],
    ended: list[list[tuple[Exchange, Outcome]]],
    first: int,
) -> list[list[Timed]]:
    every = [
        (exchange, outcome, lane, step)
        for lane, done in enumerate(ended)
        for step, (exchange, outcome) in enumerate(done)
    ]
    found: list[list[Timed]] = [[] for _ in lanes]
    for exchange, outcome, lane, step in sorted(every, key=lambda each: each[0].number):
        sending = lanes[lane][step]
        whole = replace(exchange, together=first)
        with sending.within():
            kept = recorder.keep(whole, outcome, first=sending.first)
        answer = outcome.response
        end = inf if answer is None else outcome.began + answer.elapsed
        found[lane].append(Timed(kept, outcome.began, end))
    return found


def _go() -> None:
    """Nobody is waited for."""
