"""Whether a list shows a stranger what is another's alone, or what is everybody's on purpose."""

from typing import Any

from troth.exchange import Exchange
from troth.models.resource import One, made, parsed
from troth.models.rows import MOST_PAGES, full, listed, next_page
from troth.ownership.telling import everybodys, members_of, scalars
from troth.ownership.theft import OPEN
from troth.ownership.trial import NO_VERDICT, Trial
from troth.people.rivals import owner_of
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive, control
from troth.spec.families import Collection


def made_by(trial: Trial, collection: Collection, *, anew: bool = False) -> One:
    """A thing of the victim's that his list shows. Raises Inconclusive."""
    family, victim = collection.family, trial.rivals.victim
    assert family is not None
    thing = made(family, trial.accepted.values, victim, trial.accepted.exchange)
    if not anew and seen(trial, collection, thing, victim) is not None:
        return thing
    again = trial.world.reach(trial.operation, principal=victim)
    trial.world.target.memory.owned[trial.operation.label, victim] = again
    thing = made(family, again.values, victim, again.exchange)
    trial.world.example.provenance.append(again.exchange)
    control(
        seen(trial, collection, thing, victim) is not None,
        f"{collection.label} does not show its owner what he made",
    )
    return thing


def seen(trial: Trial, collection: Collection, thing: One, who: str) -> Exchange | None:
    """The page that shows it to ``who``; None for none. Raises Inconclusive where pages follow."""
    world, listing = trial.world, collection.listing
    term = _term(thing) if listing.term else ""
    query: dict[str, Any] | None = None
    for _ in range(MOST_PAGES):
        try:
            answer, rows = listed(world, thing, listing, who=who, query=query, term=term)
        except Inconclusive:
            return None
        if any(thing.id in scalars(row) for row in rows):
            return answer
        if not full(world, listing, rows, answer):
            return None
        query = next_page(world, listing, answer, len(rows))
        if query is None:
            break
    raise Inconclusive(f"{listing.label} has more pages than are walked")


def listed_to(trial: Trial, collection: Collection, thing: One) -> Exchange | None:
    """The page that shows the stranger what is the victim's alone; None where none does."""
    found = seen(trial, collection, thing, trial.rivals.stranger)
    if found is None or seen(trial, collection, thing, ANONYMOUS) is not None:
        return None
    family = collection.family
    assert family is not None
    _, said = owner_of(trial.world.target, trial.operation)
    if family.read is None:
        return found if said or trial.rivals.tenants else None
    world = trial.world
    values = thing.values(world, family.read)
    case = world.case(family.read, values, purpose="by its id")
    own = world.send(case, principal=trial.rivals.victim)
    others = world.send(case, principal=trial.rivals.stranger)
    control(own.ok, f"{family.read.label} refused the owner")
    if not others.refused or others.status in NO_VERDICT:
        return None
    page = parsed(found.response)
    theirs = parsed(own.response)
    control(said or not everybodys(theirs), OPEN)
    # A row that has all texts of a thing without texts is no more than its id.
    whole = scalars(theirs) <= scalars(page)
    whole &= members_of(theirs, thing.id) <= members_of(page, thing.id)
    return found if whole or said or trial.rivals.tenants else None


def _term(thing: One) -> str:
    """A text that was sent of it: what a search would find."""
    body = thing.body if isinstance(thing.body, dict) else {}
    texts = [each for each in body.values() if isinstance(each, str) and each]
    return max(texts, key=len, default="")
