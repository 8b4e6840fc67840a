"""PRO208: what was made is there when the service has been stopped and started again.

Where the target file says `[target] restart = true` of a service that troth starts, everything
that has an address of its own and was served is read; the service is told to end (SIGTERM), and
started on the same port with the same environment; everything is read again, by the same
principals. It is there, and shows the same, but for what changes by itself: what differs between
two readings before the restart does not count.

The control is that it was read twice before. `{scratch}` in `[target.env]` becomes a folder that
outlives the restart. That a token has to be got anew is no finding, nor what only a path without
parameters shows: health, counters, who is on line. Profile smoke does not restart the service.
"""

from contextlib import suppress
from dataclasses import replace

from troth import applies, control, expect, prop
from troth.case import Case
from troth.exchange import Exchange
from troth.prop import Inconclusive
from troth.readback import differences, pruned
from troth.spec.operation import Operation
from troth.spec.stream import EVENTS
from troth.target import Target
from troth.told import RESTARTED
from troth.world import World

REFS = ("CWE-404", "CWE-459", "CWE-1188")
MOST = 60
"""Things that are read at most."""


@prop("PRO208", severity="high", refs=REFS, operations=False, last=True)
def test_restart_persistence(target: Target) -> None:
    """One restart for all that can be read."""
    with target.world() as world:
        applies(target.restart, "[target] restart = true is not said of a service troth starts")
        assert target.restart is not None
        applies(target.profile.examples > 1, "profile smoke does not restart the service")
        things = _things(target)
        applies(things, "nothing that is asked for has an address of its own")
        # Making one thing may change another: all are made before any is read.
        cases = [found for each in things if (found := _case(world, each)) is not None]
        applies(cases, "nothing that has an address of its own was served")
        earlier = [_read(world, each, "read before the restart") for each in cases]
        later = [_read(world, each, "read once more") for each in cases]
        read = [
            (case, other, frozenset(differences(_shown(one), _shown(other))))
            for case, one, other in zip(cases, earlier, later, strict=True)
            if one is not None and other is not None
        ]
        control(read, "nothing that has an address of its own was read")
        reason = target.restart()
        what = "it does not start again on what it has kept"
        expect(not reason, f"{what}: {reason}", root=what)
        for case, before, volatile in read:
            errand = world.errand(
                case, target.sender(case.operation), whole=True, purpose="read after the restart"
            )
            after = world.run(replace(errand, sources=(RESTARTED, *errand.sources)))
            control(after.response, "no answer after the restart")
            label = case.operation.label if case.operation else ""
            what = f"what {label} shows is gone after a restart"
            expect(after.ok, f"{what}: {after.status}", before, after, root=what)
            one, other = (pruned(_shown(each), volatile) for each in (before, after))
            places = ", ".join(sorted(differences(one, other))) or "the body"
            what = f"what {label} shows has changed after a restart"
            expect(one == other, f"{what}: {places}", before, after, root=what)


def _things(target: Target) -> list[Operation]:
    """What reads one thing, those first that were read in this run."""
    reading = [
        each
        for each in target.spec.operations
        if each.method == "GET"
        and "{" in each.path
        and target.asked(each)
        and target.closed(each) is None
    ]
    return sorted(reading, key=lambda each: each.label not in target.memory.accepted)[:MOST]


def _case(world: World, operation: Operation) -> Case | None:
    """How the thing is read; None where it can not be made."""
    with suppress(Inconclusive):
        return world.target.generator.build(operation, world.accepted(operation).values)
    return None


def _read(world: World, case: Case, purpose: str) -> Exchange | None:
    """The answer; None where it shows nothing that could be compared."""
    with suppress(Inconclusive):
        answer = world.send(case, purpose=purpose)
        streams = answer.response is not None and answer.response.media_type == EVENTS
        return answer if answer.ok and not streams else None
    return None


def _shown(exchange: Exchange) -> object:
    if exchange.response is None:
        return None
    try:
        return exchange.response.json()
    except (ValueError, RecursionError):
        return exchange.response.body
