"""Event streams about another's thing: read as all else is read, written as all else is."""

from troth.ownership.borrowed import borrowable, borrowed, kinds, own
from troth.ownership.effect import Effect, attempt_values, done
from troth.ownership.theft import shown_to
from troth.ownership.trial import Trial, value_of
from troth.prop import control


def streamed(trial: Trial) -> Effect | None:
    """What the stranger was shown of the victim's, or did to it; None for nothing.

    Raises Inconclusive.
    """
    if trial.operation.method == "GET":
        return _read(trial)
    if any(kind == "path" for kind, _ in trial.places):
        return done(trial, attempt_values(trial), named=True)
    target, operation = trial.world.target, trial.operation
    hidden = trial.hidden(trial.accepted.values)
    for place in borrowable(target, operation):
        named = value_of(trial.accepted.values, place) is not None and place in hidden
        if not named or not [*kinds(target, operation, place)]:
            continue
        found = borrowed(trial, place, own(trial.world, operation, trial.rivals.stranger))
        if found is not None:
            found = borrowed(trial, place, own(trial.world, operation, trial.rivals.stranger))
            control(found, "seen once, and not again")
            return found
    return None


def _read(trial: Trial) -> Effect | None:
    values = trial.accepted.values
    shown = shown_to(trial, values, trial.as_stranger(values, "as a stranger"))
    if shown is None:
        return None
    again = shown_to(trial, values, trial.as_stranger(values, "as a stranger, once more"))
    control(again, "a stranger was served once, and not again")
    assert again is not None
    return Effect(again.owners, again.owners, again.strangers, frozenset(again.places))
