"""A foreign id where no path has it, in a body, query, header or frame: does it do anything?"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from troth.case import Values
from troth.composing.memory import Accepted
from troth.composing.passes import SECRET
from troth.exchange import Exchange
from troth.ownership.effect import GONE, Effect, Window
from troth.ownership.seeded import seeded
from troth.ownership.telling import content, differing, general, scalars
from troth.ownership.trial import Place, Trial, places, value_of, with_ids
from troth.prop import Inconclusive, control
from troth.spec.families import Family
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

_ADDRESSEE: Final = re.compile(
    r"^to(_|$|[A-Z])|recip|receiv|dest|payee|benef|assign|invit|friend|follow|member|guest|user"
    r"|mention|share|cc$|target|reply|parent|customer|participant",
)
LONG: Final = 5
"""Shorter texts stand in two answers by chance."""


def borrowable(target: "Target", operation: Operation) -> tuple[Place, ...]:
    """Where it names things elsewhere than in its path, by ids that are no credentials.

    Who is addressed is named by others on purpose: to whom something is sent, who is invited.
    """
    return tuple(
        (location, name)
        for location, name in places(target, operation)
        if location != "path"
        and not SECRET.search(_word(name))
        and not _ADDRESSEE.search(_word(name))
    )


def _word(name: str) -> str:
    return next(each for each in reversed(name.split("/")) if not each.isdigit())


def kinds(target: "Target", operation: Operation, place: Place) -> Iterator[Family]:
    """What kinds of things are named there, of those that can be read by their id."""
    for reference, ways in target.graph.of(operation.label).items():
        if (reference.location, reference.name) == place:
            found = {(each.operation, each.value) for each in ways}
            for family in target.families:
                ids = {(family.create.label, family.id)} if family.create is not None else set()
                ids |= {
                    (each.label, f"$response.body#{each.array}/0{each.id}")
                    for each in family.listings
                }
                if family.read is not None and found & ids:
                    yield family


def own(world: "World", operation: Operation, who: str) -> Accepted:
    """``operation`` as served to ``who`` on his own things. Raises Inconclusive."""
    memory = world.target.memory
    known = memory.owned.get((operation.label, who))
    if known is None or not operation.safe:
        known = world.reach(operation, principal=who)
        memory.owned[operation.label, who] = known
    world.example.provenance.extend(known.history)
    return known


def looking(trial: Trial, place: Place, id_: Any, who: str = "") -> Window:
    """Where the victim, or ``who``, sees the thing that is named. Raises Inconclusive."""
    who = who or trial.rivals.victim
    for family in kinds(trial.world.target, trial.operation, place):
        assert family.read is not None
        name = family.parameter
        known = Values(path={name: str(id_)})
        if family.read.path.count("{") > 1:
            accepted = own(trial.world, family.read, who)
            known = Values(path={**accepted.values.path, name: str(id_)})
        through = Window(family.read, known, who)
        try:
            if through.look(trial.world, "is it there?")[1] is not None:
                return through
        except Inconclusive:
            continue
    raise Inconclusive(f"nothing shows its owner the thing at {place[0]} {place[1]}")


def theirs(trial: Trial, place: Place) -> Any:
    """The id of a thing of the victim's that no request was sent upon yet. Raises Inconclusive."""
    known = value_of(trial.accepted.values, place)
    id_ = value_of(trial.fresh(), place)
    if id_ == known:
        id_ = seeded(trial, place, trial.accepted.values) or known
    return id_


def borrowed(trial: Trial, place: Place, mine: Accepted) -> Effect | None:
    """The stranger's own request, but for the victim's id at ``place``: what changed of the
    victim's, or what of his it showed. None for nothing. Raises Inconclusive.
    """
    world = trial.world
    id_ = theirs(trial, place)
    through = looking(trial, place, id_)
    nothing = with_ids(mine.values, {place: value_of(trial.strange(trial.accepted.values), place)})
    trial.sent(nothing, trial.rivals.stranger, "on what nobody has")
    _, first = through.look(world, "before")
    before, second = through.look(world, "before, once more")
    control(first is not None and second is not None, "it goes by itself")
    assert first is not None
    assert second is not None
    restless = frozenset(map(general, differing(first, second)))
    values = with_ids(mine.values, {place: id_})
    request = trial.as_stranger(values, "with another's id")
    after, then = through.look(world, "after", again=True)
    if then is None:
        return Effect(before, request, after, frozenset({GONE}))
    changed = {each for each in differing(second, then) if general(each) not in restless}
    if changed:
        return Effect(before, request, after, frozenset(changed), then)
    leaked = leaks(second, request, mine.exchange)
    if leaked:
        # What is said of each is said of none.
        usual = looking(trial, place, value_of(mine.values, place), trial.rivals.stranger)
        leaked &= leaks(second, request, usual.look(world, "a thing of one's own")[0])
    return Effect(before, request, request, frozenset(leaked)) if leaked else None


def leaks(seen: dict[str, Any], answer: Exchange, other: Exchange | None = None) -> set[str]:
    """Places of what the owner sees whose texts stand in ``answer``, and were not sent; nor does
    ``other``, which is about something else, say them.
    """
    said = scalars(content(answer))
    sent = answer.request.body.decode("utf-8", "replace") + answer.request.url
    sent += "".join(
        each.data.decode("utf-8", "replace") for each in answer.frames or () if each.sent
    )
    usual = scalars(content(other)) if other is not None else frozenset()
    return {
        at
        for at, value in seen.items()
        if len(str(value)) >= LONG
        and str(value) in said
        and str(value) not in usual
        and str(value) not in sent
    }
