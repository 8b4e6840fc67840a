"""PRO206: who writes at the same moment neither loses a write nor gets a name that was given away.

Two clients change two fields of one thing at once: both changes stand in it afterwards, or one of
the writes was refused. Two writes that name the same entity tag (`If-Match`, RFC 9110 section
13.1.1) are not both taken. What was refused as a conflict the second time it was made is made once
by those who come at once, each on a connection of its own that waits for the others with the whole
request in hand. Of what there may be a number of (`[quotas.*]`), the last one is made by one of
those who come at once, and none after that.

The control is the same one after the other: each field holds what is written into it, a stale
entity tag is refused, the second of one name is refused. Two whole replacements (PUT) without an
entity tag may overwrite each other; that is what they ask for.
"""

from dataclasses import replace
from typing import Final

from troth import applies, control, expect, prop
from troth.composing.fresh import named_anew
from troth.config.quotas import QuotaSection
from troth.exchange import Exchange
from troth.models.errand import Errand, again
from troth.models.races import Shared, shared
from troth.models.scene import Scene
from troth.spec.operation import Operation
from troth.subjects import Subject
from troth.target import Target
from troth.world import World

REFS = ("CWE-362", "CWE-367", "CWE-841", "RFC9110-13.1.1", "ASVS-v5.0.0-15.4.2")
CONFLICTS: Final = frozenset({409, 412, 423, 428})
MOST_ROUNDS = 6


@prop("PRO206", severity="medium", refs=REFS)
def test_atomicity(target: Target, contended: Subject) -> None:
    """Fields of one thing, or one name for many."""
    operation = contended.operations[0]
    rounds = min(MOST_ROUNDS, max(1, target.profile.examples // 3))
    if isinstance(contended.section, QuotaSection):
        for turn in range(rounds):
            with target.world() as world:
                _quota(world, contended.label, contended.section, 2 + (turn + 1) % 3)
        return
    if operation.method == "POST":
        for turn in range(rounds):
            with target.world() as world:
                _unique(world, operation, 2 + (turn + 1) % 3)
        return
    with target.world() as world:
        thing = shared(world, contended)
        names = thing.find_fields()
        partly = operation.method == "PATCH" and len(names) > 1
        applies(partly or (thing.conditional and names), "fewer than two fields can be compared")
        for _ in range(rounds):
            if partly:
                _both_stand(thing, names[0], names[1])
            if thing.conditional:
                _one_tag(thing, names[0])


def _both_stand(thing: Shared, one: str, other: str) -> None:
    """Two fields are written at once."""
    wanted = {one: thing.change(one), other: thing.change(other)}
    lanes = [[thing.writing(name, value)] for name, value in wanted.items()]
    answers = [lane[0].exchange for lane in thing.world.at_once(lanes)]
    for each in answers:
        control(each.ok or each.status in CONFLICTS, f"a write was answered {each.status}")
    before = thing.before()
    for (name, value), answer in zip(wanted.items(), answers, strict=True):
        if answer.ok:
            thing.hold(name, value, answer)
    state, read = thing.state()
    lost = tuple(name for name, value in thing.known.items() if state.get(name) != value)
    if lost:
        # What is read may lag behind what was written.
        state, read = thing.state()
        lost = tuple(name for name, value in thing.known.items() if state.get(name) != value)
    what = f"{thing.write.label} loses a write to one field beside a write to another"
    message = f"{what}: {', '.join(lost)} is not what was written"
    telling = tuple(f"/{name}" for name in lost)
    expect(not lost, message, *before, *answers, read, root=what, telling=telling)


def _one_tag(thing: Shared, name: str) -> None:
    """Two writes that are meant for one state of the thing."""
    _, read = thing.state()
    tag = read.response.header("etag") if read.response is not None else None
    applies(tag, "what is read has no entity tag")
    first, second = thing.change(name), thing.change(name)
    stale = thing.world.run(thing.writing(name, first, match=tag or ""))
    control(stale.ok, f"a write with the entity tag was answered {stale.status}")
    refused = thing.world.run(thing.writing(name, second, match=tag or ""))
    applies(refused.status in CONFLICTS, "a stale entity tag is not refused: FUZ119 says so")
    _, read = thing.state()
    tag = (read.response.header("etag") if read.response is not None else None) or ""
    why = "meant for one state"
    lanes = [[thing.writing(name, thing.change(name), match=tag, purpose=why)] for _ in range(2)]
    answers = [lane[0].exchange for lane in thing.world.at_once(lanes)]
    what = f"{thing.write.label} takes two writes at once that are meant for one state"
    expect(sum(each.ok for each in answers) < 2, what, read, *_served_last(answers), root=what)
    state, _ = thing.state()
    for each in answers:
        if each.ok:
            thing.hold(name, state.get(name), each)


def _unique(world: World, operation: Operation, count: int) -> None:
    """The same thing is made twice in turn, and another one by several at once."""
    target = world.target
    reached = world.reach(operation, fresh=True)
    world.example.provenance += reached.history

    def anew() -> Errand:
        values, sources = named_anew(world, operation, reached.values)
        applies(sources, "nothing in it can be made new")
        ready = world.errand(
            target.generator.build(operation, values), reached.principal, whole=True
        )
        return replace(ready, sources=(*ready.sources, *sources))

    made = anew()
    first = world.run(again(made, "made once"))
    applies(first.status not in CONFLICTS, "what may be there once can not be made new")
    control(first.ok, f"{operation.label} answered {first.status} to what was new")
    second = world.run(again(made, "made once more"))
    control(second.status != 429, "the service limits how often it may be asked")
    applies(second.status in CONFLICTS, "a second one of the same name is made as well")
    other = anew()
    errands = [again(other, f"one of {count} at once") for _ in range(count)]
    answers = [lane[0].exchange for lane in world.at_once([[each] for each in errands])]
    made_now = [each for each in answers if each.ok]
    control(made_now, "none of those who came at once was served")
    what = f"{operation.label} makes several of what there may be one of"
    message = f"{what}: {len(made_now)} of {count} were made"
    expect(len(made_now) == 1, message, *_served_last(answers), root=what)


def _quota(world: World, label: str, section: QuotaSection, count: int) -> None:
    """All but one are made in turn, and the last one by several at once."""
    scene = Scene(world, section.given)
    operation = scene.operation(section.make.operation)
    made = []
    for number in range(section.most - 1):
        made.append(scene.asked(section.make, purpose=f"number {number + 1}"))
        control(made[-1].ok, f"number {number + 1} was answered {made[-1].status}")
    purpose = f"one of {count} at once"
    errands = [scene.errand(operation, section.make, purpose=purpose) for _ in range(count)]
    answers = [lane[0].exchange for lane in world.at_once([[each] for each in errands])]
    made_now = [each for each in answers if each.ok]
    control(made_now, "none of those who came at once was served")
    what = f"{label}: more are made at once than there may be"
    message = f"{what}: {len(made) + len(made_now)} where {section.most} may be"
    expect(len(made_now) == 1, message, *made, *_served_last(answers), root=what)
    more = scene.asked(section.make, purpose="one more than there may be")
    what = f"{label}: more are made than there may be"
    expect(not more.ok, what, *made, *made_now, more, root=what)


def _served_last(answers: list[Exchange]) -> list[Exchange]:
    return sorted(answers, key=lambda each: each.ok)
