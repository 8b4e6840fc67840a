"""What sums up or exports things: does it count, or contain, what is another's alone?

A number of everybody's and a number of one's own look alike. What tells them apart is that it
grows when somebody else makes things, by as many, though one's own list does not show them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from troth.composing.fresh import spelled
from troth.exchange import Exchange
from troth.models.resource import One, made
from troth.ownership.effect import ABSENT
from troth.ownership.telling import content, everybodys, members_of, scalars, told
from troth.ownership.theft import OPEN
from troth.ownership.trial import Trial, places, shown, streaming
from troth.people.rivals import owner_of
from troth.principal import ANONYMOUS
from troth.prop import applies, control
from troth.spec.families import Family
from troth.spec.naming import thing
from troth.spec.operation import Operation
from troth.spec.places import collection

if TYPE_CHECKING:
    from troth.target import Target

SUMS: Final = re.compile(
    r"counts?|counters?|stats|statistics|summary|summaries|totals?|usage|overview|dashboard"
    r"|reports?|exports?|download|dump|backup|archive|csv|ndjson|jsonl",
    re.IGNORECASE,
)
MOST: Final = 3
"""Kinds of things of which a sum that names none is held to be one."""
LONG: Final = 6
"""Shorter texts stand in two answers by chance."""
_CLOCKS: Final = re.compile(
    r"time|uptime|seconds|_at$|date|age$|_ms$|latency|request|hits|version|pid|memory|cpu|offset"
    r"|limit|remaining|reset|page|port",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Overview:
    """A reading operation that may tell of all things of ``family`` at once.

    ``near`` says that it stands below their collection: then it is about the same as their list.
    """

    operation: Operation
    family: Family
    near: bool
    label: str

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The one."""
        return (self.operation,)


def overviews(target: "Target") -> Iterator[Overview]:
    """Every operation that may count or export things that can be made."""
    lists = {each.label for each in target.collections}
    families = [each for each in target.families if each.create is not None and each.id]
    own = {each.label for family in target.families for each in family.operations}
    for operation in target.spec.operations:
        if operation.method != "GET" or operation.label in lists | own or "{" in operation.path:
            continue
        if streaming(operation) or not operation.secured:
            continue
        near = [each for each in families if _below(operation, each)]
        sums = SUMS.search(operation.path.rstrip("/").rpartition("/")[2]) is not None
        named = [each for each in families if sums and _named(operation, each)]
        said = [each for each in families if sums and _said(target, each)]
        chosen = near or named or said[:MOST]
        for each in chosen:
            more = f" of {each.name}" if len(chosen) > 1 else ""
            yield Overview(operation, each, bool(near), f"{operation.label}{more}")


def _below(operation: Operation, family: Family) -> bool:
    assert family.create is not None
    return operation.path.startswith(f"{collection(family.create.path).rstrip('/')}/")


def _named(operation: Operation, family: Family) -> bool:
    """Whether its path has the kind's name in it, alone or as in `/export-notes`."""
    words = re.split(r"[/._-]", operation.path)
    return any(thing(each) == family.name for each in words if each)


def _said(target: "Target", family: Family) -> bool:
    section = target.file.resources.get(family.name)
    return section is not None and "owner" in section.model_fields_set


Told = tuple[Exchange, ...] | None


def told_of(trial: Trial, overview: Overview) -> Told:
    """The stranger's answers before and after the victim made something, where the second tells
    of that; None where it does not. Raises Inapplicable, Inconclusive.
    """
    world, pair = trial.world, trial.rivals
    values = world.accepted(overview.operation).values

    def ask(who: str, purpose: str) -> Exchange:
        return world.send(
            world.case(overview.operation, values, purpose=purpose), principal=who, purpose=purpose
        )

    first = ask(pair.stranger, "what a stranger is told")
    if not first.ok:
        return None
    theirs = ask(pair.victim, "what its owner is told")
    applies(theirs.ok, "it is not served to whoever makes what it may tell of")
    one, canaries = _one_more(trial, overview.family)
    told_owner = ask(pair.victim, "what its owner is told after he made one")
    contained = [each for each in canaries if each in _text(told_owner)]
    grown = _grown(theirs, told_owner)
    applies(contained or grown, f"it tells nothing of a {overview.family.name}")
    after = ask(pair.stranger, "what a stranger is told after that")
    if not after.ok:
        return None
    if any(each in _text(after) and each not in _text(first) for each in contained):
        return (first, after) if _hidden(trial, overview, one, canaries, after) else None
    steps = {at: step for at, step in _grown(first, after).items() if grown.get(at)}
    if not steps:
        return None
    still = ask(pair.stranger, "what a stranger is told when nothing was made")
    restless = _grown(after, still)
    for _ in range(2):
        one, _ = _one_more(trial, overview.family)
    last = ask(pair.stranger, "what a stranger is told after two more")
    twice = _grown(still, last)
    sure = {at for at, step in steps.items() if at not in restless and twice.get(at) == 2 * step}
    if not sure or not (overview.near or _said(world.target, overview.family)):
        return None
    if not _unlisted(trial, overview.family, one) or _open(trial, overview, sure):
        return None
    return (still, last)


def _one_more(trial: Trial, family: Family) -> tuple[One, list[str]]:
    """A new thing of the victim's, and texts that nothing else has. Raises Inconclusive."""
    before, values = (
        trial.accepted.values.body,
        spelled(trial.world, trial.operation, trial.fresh(named=True)),
    )
    answer = trial.sent(values, trial.rivals.victim, "make one more")
    control(answer.ok, f"{trial.operation.label} made no more: {answer.status}")
    trial.world.example.provenance.append(answer)
    one = made(family, values, trial.rivals.victim, answer)
    new = values.body if isinstance(values.body, dict) else {}
    old = before if isinstance(before, dict) else {}
    texts = [each for name, each in new.items() if isinstance(each, str) and each != old.get(name)]
    texts += [] if one.id.isdecimal() else [one.id]
    return one, [each for each in texts if len(each) >= LONG]


def _text(exchange: Exchange) -> str:
    return exchange.response.body.decode("utf-8", "replace") if exchange.response else ""


def _grown(before: Exchange, after: Exchange) -> dict[str, Any]:
    """By place: how much more a number is than it was; of what is no clock."""
    one, other = told(content(before)), told(content(after))
    return {
        at: value - one[at]
        for at, value in other.items()
        if isinstance(value, int | float)
        and isinstance(one.get(at), int | float)
        and value > one[at]
        and not _CLOCKS.search(at.rpartition("/")[2])
    }


def _unlisted(trial: Trial, family: Family, one: One) -> bool:
    """Whether the stranger has a list of such things, and it does not show this one."""
    lists = [each for each in family.listings if not each.term]
    who, world = trial.rivals.stranger, trial.world
    for each in lists:
        answer = world.send(
            world.case(each.operation, world.accepted(each.operation).values), principal=who
        )
        if answer.ok:
            return not shown(world, each.operation, each, who, one.id)
    return False


def _hidden(trial: Trial, overview: Overview, one: One, sent: list[str], page: Exchange) -> bool:
    """Whether the thing that ``page`` has is kept from the stranger elsewhere, and from all."""
    family, world = overview.family, trial.world
    whole = all(each in _text(page) for each in sent)
    assert family.create is not None
    _, said = owner_of(world.target, family.create)
    sure = said or trial.rivals.tenants
    if one.id in _text(_as_nobody(trial, overview)):
        return False
    if family.read is None:
        return sure or (whole and _unlisted(trial, family, one))
    values = one.values(world, family.read)
    case = world.case(family.read, values, purpose="by its id")
    own = world.send(case, principal=trial.rivals.victim)
    others = world.send(case, principal=trial.rivals.stranger)
    control(own.ok, f"{family.read.label} refused the owner")
    if others.status not in {403, *ABSENT}:
        return False  # He may read it anyhow, or SEC301 says so.
    control(said or not everybodys(content(own)), OPEN)
    names = members_of(content(page), one.id)
    whole &= not names or members_of(content(own), one.id) <= names
    texts = {each for each in scalars(content(own)) if len(each) >= LONG and each != one.id}
    return sure or (whole and all(each in _text(page) for each in texts))


def _as_nobody(trial: Trial, overview: Overview) -> Exchange:
    world = trial.world
    values = world.accepted(overview.operation).values
    case = world.case(overview.operation, values, purpose="as nobody in particular")
    return world.send(case, principal=ANONYMOUS)


def _open(trial: Trial, overview: Overview, at: set[str]) -> bool:
    """Whether anybody is told these numbers."""
    answer = _as_nobody(trial, overview)
    return answer.ok and bool(at & told(content(answer)).keys())


def unasked(target: "Target", overview: Overview) -> str:
    """Why nothing is asked of it."""
    assert overview.family.create is not None
    if places(target, overview.operation):
        return "it tells of what is below a thing: it is read as that is"
    if target.closed(overview.family.create):
        return "nothing is made that it tells of"
    if target.profile.examples == 1 and not SUMS.search(overview.operation.path):
        return "in this profile it is asked of what counts or exports by its name"
    return ""
