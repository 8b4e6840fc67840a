"""Another parent for a child: of the same owner, or the stranger's own."""

from troth.case import Values
from troth.composing.templates import shared_values
from troth.expression import ExpressionError, identifier
from troth.ownership.trial import Place, Trial, value_of, with_ids
from troth.prop import Inconclusive
from troth.spec.graph import Reference


def parents(trial: Trial) -> tuple[Place, ...]:
    """The things in its path that stand above the last one."""
    return tuple(each for each in trial.places if each[0] == "path")[:-1]


def elsewhere(trial: Trial, values: Values, place: Place, who: str) -> Values:
    """``values`` below another thing at ``place``, one of ``who``'s. Raises Inconclusive."""
    target, operation = trial.world.target, trial.operation
    ways = target.graph.of(operation.label).get(Reference(operation.label, *place), ())
    for way in ways:
        maker = target.spec.operation(way.operation)
        if maker is None or maker.safe or target.closed(maker):
            continue
        path = {name: str(value) for name, value in values.path.items()}
        shared = shared_values(maker.path, operation.path, path)
        try:
            made = trial.world.reach(maker, fixed=shared, principal=who)
            other = identifier(way.value, made.exchange)
        except (Inconclusive, ExpressionError):
            continue
        trial.world.example.provenance.extend((*made.history, made.exchange))
        if other not in (None, "") and str(other) != str(value_of(values, place)):
            return with_ids(values, {place: str(other)})
    raise Inconclusive(f"no other {place[1]} could be made")
