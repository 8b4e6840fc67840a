"""Whether somebody is shown what is another's because his request says that he is the other."""

from dataclasses import replace

from troth.exchange import Exchange
from troth.ownership.forged import forgeries
from troth.ownership.telling import content, scalars, told
from troth.ownership.theft import shown_to
from troth.ownership.trial import Trial

LONG = 6
"""Shorter texts stand in two answers by chance."""


def imposed(trial: Trial) -> tuple[Exchange, ...] | None:
    """The refusal without the forged headers and the answer with them; None where they are of no
    use. Raises Inconclusive.
    """
    values, pair = trial.accepted.values, trial.rivals
    for headers, query in forgeries(trial.world.target, trial.operation, pair):
        asked = replace(values, query={**values.query, **query})
        forged = trial.sent(asked, pair.stranger, "as if it were the victim's", headers)
        if not forged.ok:
            continue
        plain = trial.as_stranger(values, "the same without that")
        if trial.places:
            if not plain.ok and shown_to(trial, values, forged) is not None:
                return plain, forged
        elif _others(trial, plain, forged):
            return plain, forged
    return None


def _others(trial: Trial, plain: Exchange, forged: Exchange) -> bool:
    """Whether ``forged`` has what only the victim is shown, and ``plain`` has not."""
    if plain.ok and told(content(plain)) == told(content(forged)):
        return False
    values, pair = trial.accepted.values, trial.rivals
    first = trial.sent(values, pair.victim, "as the victim")
    again = trial.sent(values, pair.victim, "as the victim, once more")
    theirs = scalars(content(first)) & scalars(content(again)) - scalars(content(plain))
    sent = forged.request.url + " ".join(value for _, value in forged.request.headers)
    said = {each for each in theirs if len(each) >= LONG and each not in sent}
    second = trial.as_stranger(values, "the same without that, once more")
    return bool(said & scalars(content(forged)) - scalars(content(second)))
