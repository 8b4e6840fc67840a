"""Things with texts of their own: what is empty or like all others tells of nobody."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from troth.case import Values
from troth.composing.fresh import freshened, spelled
from troth.composing.templates import shared_values
from troth.expression import ExpressionError, identifier
from troth.ownership.trial import Place, Trial
from troth.prop import Inconclusive
from troth.spec.graph import Reference
from troth.spec.operation import Operation
from troth.told import lookup

if TYPE_CHECKING:
    from troth.world import World


def seeded(trial: Trial, place: Place, values: Values) -> Any:
    """The id of a new thing of the victim's for ``place``, whose texts nothing else has; None
    where none can be made.
    """
    path = {name: str(value) for name, value in values.path.items()}
    for maker, expression in _makers(trial, place):
        shared = shared_values(maker.path, trial.operation.path, path)
        try:
            id_ = _made(trial.world, maker, expression, trial.rivals.victim, shared)
        except (Inconclusive, ExpressionError):
            continue
        if id_ not in (None, ""):
            text = _told(trial, place)
            if text:
                # By this a replay finds it again.
                trial.world.target.memory.drawn.setdefault(text, set()).add(str(id_))
            return id_
    return None


def _told(trial: Trial, place: Place) -> str:
    """What the target file says of the place."""
    told = trial.world.target.told(trial.operation)
    given = {"path": told.path, "query": told.query, "header": told.headers}
    return str(given.get(place[0], {}).get(place[1], ""))


def _makers(trial: Trial, place: Place) -> Iterator[tuple[Operation, str]]:
    target, operation = trial.world.target, trial.operation
    taken = lookup(_told(trial, place))
    ways = [(taken.operation, taken.expression)] if taken is not None else []
    if not ways:
        known = target.graph.of(operation.label).get(Reference(operation.label, *place), ())
        ways = [(each.operation, each.value) for each in known]
    for name, expression in ways:
        maker = target.spec.operation(name)
        if maker is not None and maker.method == "POST" and target.closed(maker) is None:
            yield maker, expression


def _made(
    world: "World", maker: Operation, expression: str, who: str, shared: Mapping[str, str]
) -> Any:
    known = world.reach(maker, fixed=shared, principal=who)
    world.example.provenance.extend(known.history)
    values = replace(known.values, path={**known.values.path, **shared})
    case = world.case(maker, _with_texts(world, maker, values), purpose="with texts of its own")
    before = values.body if isinstance(values.body, Mapping) else {}
    after = case.values.body if isinstance(case.values.body, Mapping) else {}
    new = [
        f"body#/{name} <- new {str(each).partition('@')[0]}"
        for name, each in after.items()
        if isinstance(each, str) and each != before.get(name)
    ]
    errand = world.errand(case, who, whole=False, purpose=case.purpose)
    made = world.run(replace(errand, sources=(*errand.sources, *new)))
    if not made.ok:
        return None
    world.example.provenance.append(made)
    return identifier(expression, made)


def _with_texts(world: "World", maker: Operation, values: Values) -> Values:
    made = spelled(world, maker, freshened(world, maker, values))
    if not isinstance(made.body, Mapping) or world.target.told(maker).body is not None:
        return made
    media = maker.body.content.get(made.media_type or "") if maker.body is not None else None
    for name, each in made.body.items():
        if each == "" and media is not None:
            # A secret too, which is otherwise left as it is.
            text = f"troth{world.target.salt}{world.target.memory.next_fresh()}"
            changed = {**made.body, name: text}
            if world.target.validity.violations(media.schema, changed) == ():
                made = replace(made, body=changed)
    return made
