"""PRO211: clients that share one thing all see one order of what was done to it.

Two clients write one field of a thing and read it, a third one only reads, all at once and each on
a connection of its own. When each began and ended is noted; some order, in which nothing stands
before what had ended when it began, must explain every answer: the last write before a read is
what the read shows. A write that was refused has no effect; one that was never answered may.

The control is one after the other: the field holds what is written into it. Whatever order the
service chooses is right.
"""

from typing import Any

from troth import applies, control, expect, prop
from troth.models.linear import Call, Read, Write, order, register
from troth.models.races import Shared, shared, shown
from troth.subjects import Subject
from troth.target import Target
from troth.transport.together import Timed

REFS = ("CWE-362", "CWE-820", "Herlihy-Wing-1990")
MOST_ROUNDS = 6


@prop("PRO211", severity="medium", refs=REFS)
def test_linearizability(target: Target, written: Subject) -> None:
    """Three clients of one field."""
    with target.world() as world:
        thing = shared(world, written)
        names = thing.find_fields()
        applies(names, "no field holds what is written into it")
        for _ in range(min(MOST_ROUNDS, max(1, target.profile.examples // 3))):
            _explained(thing, names[0])


def _explained(thing: Shared, name: str) -> None:
    first, second = thing.change(name), thing.change(name)
    lanes = [
        [thing.writing(name, first), thing.reading("read")],
        [thing.writing(name, second), thing.reading("read")],
        [thing.reading("read"), thing.reading("read")],
    ]
    start = thing.known[name]
    found = thing.world.at_once(lanes)
    calls: list[Call[Write | Read]] = []
    for lane, values in zip(found, (first, second, None), strict=True):
        for step, timed in enumerate(lane):
            writes = values is not None and step == 0
            calls.append(_call(timed, name, values if writes else None, writes=writes))
    last = thing.world.run(thing.reading("read when all is over"))
    control(last.ok, f"{thing.read.label} answered {last.status}")
    after = max(each.ended for each in calls)
    calls.append(Call(Read(shown(last).get(name)), after, after))
    every = [timed.exchange for lane in found for timed in lane]
    every.sort(key=lambda each: each.number)
    what = f"no order explains what clients of {thing.write.label} saw at once"
    explained = order(calls, start, register)
    expect(
        explained is not None, what, *thing.before(), *every, last, root=what, telling=(f"/{name}",)
    )
    for each in every:
        if each.ok and each.request.method != "GET":
            thing.hold(name, shown(last).get(name), each)


def _call(timed: Timed, name: str, value: Any, *, writes: bool) -> Call[Write | Read]:
    exchange = timed.exchange
    if writes:
        control(exchange.ok or exchange.refused, f"a write was answered {exchange.status}")
        return Call(Write(value, done=exchange.ok), timed.began, timed.ended)
    control(exchange.ok, f"a read was answered {exchange.status}")
    return Call(Read(shown(exchange).get(name)), timed.began, timed.ended)
