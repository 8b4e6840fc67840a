"""Whether a login stops answering when its own headers say that nothing remains.

It is asked of nobody's account, and only where what another nobody does is counted apart: else the
run would shut itself out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from troth.checks.limits import Limits, limits, promised
from troth.exchange import Exchange
from troth.people.person import person
from troth.probes.strangers import guess
from troth.probes.throttle import MOST, throttled
from troth.prop import applies, control
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.world import World

FEW: Final = 3
"""Requests by which it is seen that it is counted, and those that are too many in the end."""
SOON: Final = 5
"""Seconds before its renewal from which on a limit is not looked at."""


def promises(operation: Operation) -> bool:
    """Whether the document says that it is limited: by a 429, or by headers about limits."""
    return "429" in operation.responses or any(
        promised(each) for each in operation.responses.values()
    )


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and what its headers say of the limit."""

    answer: Exchange
    limit: Limits


def overdrawn(world: "World") -> tuple[Exchange, ...]:
    """What was answered after nothing remained; nothing where it was refused then.

    Raises Inapplicable where nobody tells of a limit, where it is too large, and where all who come
    from here are counted together; Inconclusive where nothing falls, or it is renewed meanwhile.
    """
    asking = _asked(world)
    told = [next(asking) for _ in range(FEW)]
    left = [each.limit.remaining for each in told]
    most = told[0].limit.limit
    applies(
        most is not None and most <= MOST and None not in left,
        f"it tells of {most} requests, which are too many to send",
    )
    assert most is not None
    falling = [each for each in left if each is not None]
    control(falling == sorted(falling, reverse=True), "what remains of the limit does not fall")
    control(falling[-1] < falling[0] or falling[-1] == 0, "what remains of the limit never falls")
    other = next(_asked(world)).limit.remaining
    applies(
        other is not None and other > falling[-1],
        "it is counted for all who come from here, and to use it up would shut out the run itself; "
        "name it in [limits]",
    )
    for _ in range(most):
        if told[-1].limit.remaining == 0 or throttled(told[0].answer, told[-1].answer):
            break
        told.append(next(asking))
    last = told[-1]
    if throttled(told[0].answer, last.answer):
        return ()
    control(last.limit.remaining == 0, "something of the limit remains still")
    control((last.limit.reset or SOON + 1) > SOON, "the limit is renewed too soon to tell")
    over = [next(asking) for _ in range(FEW)]
    if any(throttled(told[0].answer, each.answer) for each in over):
        return ()
    control(not any(each.limit.remaining for each in over), "the limit was renewed meanwhile")
    return (told[0].answer, last.answer, *(each.answer for each in over))


def _asked(world: "World") -> Iterator[Told]:
    """Logins of somebody who is not there, always the same."""
    someone = person(world)
    wrong = guess(someone, known=False)
    while True:
        answer = someone.try_to_log_in(wrong.body)
        control(answer.response and answer.status < 500, "no answer to judge")
        assert answer.response is not None
        found = limits(answer.response)
        if found is None and answer.status not in {423, 429}:
            applies(False, "no answer tells of a limit")  # noqa: FBT003 - it does not apply
        yield Told(answer, found or Limits(None, None, None))
