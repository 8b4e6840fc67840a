"""Whether a stranger was shown what is another's: the same as its owner, and not by design."""

from dataclasses import dataclass
from typing import Any, Final

from troth.case import Values
from troth.exchange import Exchange
from troth.ownership.seeded import seeded
from troth.ownership.telling import content, everybodys, private, scalars, steady, told
from troth.ownership.trial import Trial, public, with_ids
from troth.people.rivals import owner_of
from troth.prop import Inconclusive, control
from troth.spec.operation import Operation

OPEN: Final = (
    "the thing says of itself that everybody may see it: have one made that does not, by its body "
    "in [operations], or say whose it is, [resources.*] owner"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the stranger was shown: the owner's answer, his own, and the places they share."""

    owners: Exchange
    strangers: Exchange
    places: tuple[str, ...]


def control_of(trial: Trial) -> Values:
    """Values with which the owner is shown something: a list that is empty gets a child first.

    Raises Inconclusive.
    """
    values = trial.accepted.values
    said = content(trial.accepted.exchange)
    last = next((each for each in reversed(trial.places) if each[0] == "path"), None)
    if _empty(said) and last is not None:
        made = trial.world.example.provenance
        before = len(made)
        id_ = seeded(trial, last, values)
        if id_ is not None and len(trial.places) == 1:
            del made[:before]  # What made the thing that is not asked for any more.
        values = values if id_ is None else with_ids(values, {last: id_})
    if told(said):
        return values
    make = trial.world.target.spec.operation(f"POST {trial.operation.path}")
    if make is not None and trial.world.target.closed(make) is None:
        path = {name: str(value) for name, value in values.path.items()}
        trial.world.reach(make, fixed=path, principal=trial.rivals.victim)
    return values


def _empty(said: Any) -> bool:
    """Whether some text in it is empty: a thing with texts of its own tells more."""
    if isinstance(said, dict):
        return any(map(_empty, said.values()))
    return any(map(_empty, said)) if isinstance(said, list) else said == ""


def shown_to(trial: Trial, values: Values, probe: Exchange) -> Shown | None:
    """What of the owner's ``probe``, which the stranger got, shows; None where all of that is
    everybody's, where it is not the same, and where things that nobody has are shown alike.

    Raises Inconclusive.
    """
    if not probe.ok:
        return None
    victim = trial.rivals.victim
    first = trial.sent(values, victim, "read as its owner")
    again = trial.sent(values, victim, "read as its owner once more")
    control(first.ok and again.ok, "the owner was refused too")
    own = steady(told(content(first)), told(content(again)))
    named = {str(each) for each in (*values.path.values(), *values.query.values())}
    own = {at: value for at, value in own.items() if str(value) not in named}
    if not own:
        raise Inconclusive("the owner's answer says nothing that could be told")
    other = told(content(probe))
    if any(other.get(at) != value for at, value in own.items()):
        return None  # Another one, a part of it that is for all, or a refusal in a 200.
    try:
        nothing = trial.as_stranger(trial.strange(values), "what nobody has")
    except Inconclusive:
        return None
    if nothing.ok:
        blank = told(content(nothing))
        own = {at: value for at, value in own.items() if blank.get(at) != value}
    if not own:
        return None
    _, said = owner_of(trial.world.target, trial.operation)
    # Who made it chose so, or troth did when it made up values.
    control(said or not everybodys(content(first)), OPEN)
    own = _kept(trial, values, own)
    return Shown(again, probe, tuple(sorted(own))) if own else None


def _kept(trial: Trial, values: Values, own: dict[str, Any]) -> dict[str, Any]:
    """What no list shows to all, of a thing that one does: what its owner alone may see."""
    if not trial.hidden(values):
        _, said = owner_of(trial.world.target, trial.operation)
        listed: set[str] = set()
        for place in trial.places:
            listed |= shown_values(trial, [each for each, _ in trial.lists(place)])
        own = {
            at: value
            for at, value in own.items()
            if str(value) not in listed and (said or private(at))
        }
    if own:
        nobody = told(content(answer)) if (answer := public(trial, values)).ok else {}
        own = {at: value for at, value in own.items() if nobody.get(at) != value}
    return own


def shown_values(trial: Trial, operations: list[Operation]) -> set[str]:
    """All that these lists say to the stranger."""
    found: set[str] = set()
    for each in operations:
        try:
            values = trial.world.accepted(each).values
        except Inconclusive:
            continue
        case = trial.world.case(each, values, purpose="what everybody is shown")
        found |= scalars(content(trial.world.send(case, principal=trial.rivals.stranger)))
    return found


def telling(history: tuple[Exchange, ...], shown: Shown) -> tuple[str, ...]:
    """Those of the places whose values were sent by whoever made the thing: a replay finds them
    again.
    """
    sent = b" ".join(each.request.body for each in history if each.request.body)
    text = sent.decode("utf-8", "replace")
    values = told(content(shown.strangers))
    new = [source.partition(" <- new ")[2] for each in history for source in each.sources]
    return tuple(
        at
        for at in shown.places
        if len(str(values[at])) > 2
        and f'"{values[at]}"' in text
        # What was made new is made new again.
        and not any(each and each in str(values[at]) for each in new)
    )[:3]
