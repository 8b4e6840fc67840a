"""PRO207: the deliveries of a webhook come to one state, however often, in whatever order.

Who sends webhooks promises neither order nor that each comes once. So each event is delivered
twice, in another order, two copies at once, and late; in between come deliveries with a signature
of somebody else's, cut in half, and without any of their members. Those are answered 4xx and change
nothing that can be read. What is not taken is sent again, as senders do. In the end the state is
the one that comes of each event once, in its natural order, on another fresh thing.

The control is that natural delivery: each is taken, and together they change the state. What a
duplicate is answered is not the question here.
"""

from hypothesis import given
from hypothesis import strategies as st

from troth import control, expect, prop
from troth.composing.inputs import either
from troth.models.deliveries import Delivery, Kind, Schedule, receivers
from troth.subjects import Subject
from troth.target import Target

REFS = ("CWE-837", "CWE-345", "CWE-20", "ASVS-v5.0.0-2.3.1")


def _once(count: int) -> Schedule:
    return tuple(((index, "genuine"),) for index in range(count))


def _listed(count: int, bad: list[Kind], *, ordered: bool) -> list[Schedule]:
    """The schedules that broke most services, the worst first."""
    natural, twice = _once(count), tuple(each for each in _once(count) for _ in range(2))
    at_once: Schedule = tuple(group * 2 for group in natural)
    refused: Schedule = tuple(((0, kind),) for kind in bad)
    late = (*natural, *natural)
    if ordered:
        return [(*refused, *late), twice, at_once]
    return [(*refused, *late[::-1]), twice, at_once, (*natural[1:], natural[0]), late]


@st.composite
def _drawn(draw: st.DrawFn, count: int, bad: list[Kind], *, ordered: bool) -> Schedule:
    order = list(range(count)) if ordered else draw(st.permutations(range(count)))
    found: list[tuple[Delivery, ...]] = [((index, "genuine"),) for index in order]
    for _ in range(draw(st.integers(0, 2 * count))):
        kind = draw(st.sampled_from(["genuine", "genuine", *bad]))
        place = draw(st.integers(0, len(found)))
        seen = {index for group in found[:place] for index, each in group if each == "genuine"}
        index = draw(st.integers(0, count - 1))
        if ordered and kind == "genuine" and index not in seen:
            continue
        found.insert(place, ((index, kind),))
    return tuple(found)


@prop("PRO207", severity="high", refs=REFS, phases=("boundary", "random"))
@given(data=st.data())
def test_replay_convergence(target: Target, webhook: Subject, data: st.DataObject) -> None:
    """One schedule, and the natural one beside it."""
    section = webhook.section
    with target.world() as world:
        natural, other = receivers(world, section)
        ordered, bad = section.order == "natural", natural.kinds()
        count = len(natural.events)
        listed = _listed(count, bad, ordered=ordered)
        schedule = data.draw(either(world, listed, _drawn(count, bad, ordered=ordered)), "schedule")
        untouched, _ = natural.state()
        for group in _once(count):
            natural.deliver(group)
        natural.finish()
        wanted, _ = natural.state()
        control(wanted != untouched, "the events change nothing that is read as the state")

        for group in schedule:
            kind = group[0][1]
            if kind == "genuine":
                other.deliver(group)
                continue
            before, _ = other.state()
            (answer,) = other.deliver(group)
            what = f"an event {SAID[kind]} is taken"
            expect(answer.refused, f"{what}: it was answered {answer.status}", answer, root=what)
            after, reads = other.state(before)
            what = f"an event {SAID[kind]} has an effect"
            expect(after == before, what, *other.delivered, *reads, root=what)
        other.finish()
        state, reads = other.state(wanted)
        which, telling = other.differing(state, wanted)
        what = "deliveries come to another state than each of them once, in order"
        shown = f"{what}: {state} where {wanted} was to be"
        witness = reads.pop(which)
        expect(
            state == wanted, shown, *other.delivered, *reads, witness, root=what, telling=telling
        )


SAID: dict[Kind, str] = {
    "forged": "with a signature of somebody else's",
    "cut": "cut in half",
    "empty": "without its members",
}
