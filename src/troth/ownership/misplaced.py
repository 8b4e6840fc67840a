"""Whether a child is reached below a parent that is not its own."""

from typing import Any

from troth.exchange import Exchange
from troth.ownership.effect import attempt, window
from troth.ownership.parents import elsewhere
from troth.ownership.telling import content, differing, general, steady, told, unknown
from troth.ownership.trial import NO_VERDICT, Place, Trial, value_of, with_ids
from troth.prop import control

Found = tuple[Exchange, ...] | None


def misread(trial: Trial, place: Place, who: str) -> Found:
    """The child as ``who`` is shown it below a parent of his that is not its own."""
    values = trial.accepted.values
    right = trial.sent(values, trial.rivals.victim, "below its parent")
    control(right.ok, "the owner was refused too")
    wrong = elsewhere(trial, values, place, who)
    own = trial.sent(wrong, who, "below another parent")
    control(own.status not in NO_VERDICT, f"it met a {own.status}")
    if not own.ok:
        return None
    again = trial.sent(values, trial.rivals.victim, "below its parent, once more")
    named = {str(each) for each in (*values.path.values(), *wrong.path.values())}
    said = {
        at: value
        for at, value in steady(told(content(right)), told(content(again))).items()
        if str(value) not in named
    }
    child = next(each for each in reversed(trial.places) if each[0] == "path")
    nobodys = with_ids(wrong, {child: unknown(value_of(values, child))})
    blank = told(content(trial.sent(nobodys, who, "a child that nobody has")))
    said = {at: value for at, value in said.items() if blank.get(at) != value}
    other = told(content(own))
    if not said or any(other.get(at) != value for at, value in said.items()):
        return None
    if who != trial.rivals.victim:
        direct = trial.sent(values, who, "the stranger, below its parent")
        if direct.ok:
            return None  # He may read it anyhow, or SEC301 says so.
    again = trial.sent(wrong, who, "below another parent, once more")
    control(again.ok, "served once, and not again")
    return right, again


def miswritten(trial: Trial, place: Place, who: str) -> Found:
    """What the victim sees of a child upon which ``who`` wrote below the wrong parent."""
    first = _written(trial, place, who, sham=False)
    if first is None:
        return None
    if who != trial.rivals.victim and attempt(trial, trial.fresh(named=True)) is not None:
        return None  # He may do it anyhow, or SEC302 and SEC303 say so.
    second = _written(trial, place, who, sham=True)
    control(second, "seen once, and not again on a twin")
    return second


def _written(trial: Trial, place: Place, who: str, *, sham: bool) -> Found:
    values = trial.fresh(named=True)
    wrong = elsewhere(trial, values, place, who)
    seen = window(trial, values)
    control(seen, "nothing shows its owner the child")
    assert seen is not None
    through, before, old = seen
    still: dict[str, Any] | None = old
    restless = trial.world.target.memory.restless[through.operation.label]
    if sham:
        child = next(each for each in reversed(trial.places) if each[0] == "path")
        nobodys = with_ids(wrong, {child: unknown(value_of(values, child))})
        trial.sent(nobodys, who, "a child that nobody has")
        before, still = through.look(trial.world, "before, once more")
        restless |= frozenset(map(general, differing(old, still or {})))
    request = trial.sent(wrong, who, "below another parent")
    control(request.status not in NO_VERDICT, f"it met a {request.status}")
    after, new = through.look(trial.world, "after", again=True)
    if new is not None and still is not None:
        changed = {each for each in differing(still, new) if general(each) not in restless}
        if not changed:
            trial.fit(request, values)
            return None
        return before, request, after
    return (before, request, after) if still is not None else None
