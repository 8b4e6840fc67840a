"""Whether a stranger's request did something to what is another's, as the other one sees it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from troth.case import Values
from troth.composing.fresh import freshened, spelled
from troth.composing.templates import shared_values
from troth.exchange import Exchange
from troth.ownership.telling import content, differing, general, scalars, told
from troth.ownership.trial import Trial, value_of
from troth.people.rivals import owner_of
from troth.prop import Inconclusive, control
from troth.spec.operation import Operation
from troth.spec.place import at, present

if TYPE_CHECKING:
    from troth.world import World

GONE: Final = "(it is gone)"
ABSENT: Final = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Window:
    """Where the owner sees a thing: what reads it, or a list of which it is a row."""

    operation: Operation
    values: Values
    who: str
    array: str = ""
    id: str = ""

    def look(
        self, world: "World", purpose: str, *, again: bool = False
    ) -> tuple[Exchange, dict[str, Any] | None]:
        """What he sees of it, by place; None where it is not there. Raises Inconclusive.

        Who looks ``again`` was served before: many services refuse what is not there any more.
        """
        case = world.case(self.operation, self.values, purpose=purpose)
        answer = world.send(case, principal=self.who, purpose=purpose)
        gone = ABSENT | {403} if again else ABSENT
        if answer.status in gone or (answer.status == 401 and self._left(world)):
            return answer, None
        control(answer.ok, f"{self.operation.label} answered its owner {answer.status}")
        seen = content(answer)
        if not self.id:
            return answer, told(seen)
        rows = at(seen, self.array) if present(seen, self.array) else None
        control(isinstance(rows, list), f"{self.operation.label} lists nothing")
        assert isinstance(rows, list)
        found = next((each for each in rows if self.id in scalars(each)), None)
        return answer, None if found is None else told(found)

    def _left(self, world: "World") -> bool:
        """Whether it is the account itself that is gone: who signed up can log in no more."""
        return self.who in world.target.newcomers and world.target.principals[self.who].died


@dataclass(frozen=True, slots=True)
class Effect:
    """What the stranger's request did: what was seen before it, the request, what was after."""

    before: Exchange
    request: Exchange
    after: Exchange
    places: frozenset[str]
    seen: Mapping[str, Any] = field(default_factory=dict)


def windows(trial: Trial, values: Values) -> Iterator[Window]:
    """Where the victim may see what ``values`` name, the nearest first."""
    target, operation = trial.world.target, trial.operation
    path = operation.path.rstrip("/")
    while path.strip("/"):
        single = path.endswith("}")
        reader = target.spec.operation(f"GET {path}")
        if reader is not None and target.closed(reader) is None and reader.label != operation.label:
            yield Window(reader, _read(trial, reader, values), trial.rivals.victim)
        if single:
            name = path.rpartition("/")[2][1:-1]
            id_ = value_of(values, ("path", name))
            path = path.rpartition("/")[0]
            for each in target.collections:
                listing = each.listing
                if listing.operation.path.rstrip("/") == path and id_:
                    yield Window(
                        listing.operation,
                        _read(trial, listing.operation, values),
                        trial.rivals.victim,
                        listing.array,
                        str(id_),
                    )
            if "{" not in path:
                return
            continue
        path = path.rpartition("/")[0]


def _read(trial: Trial, reader: Operation, values: Values) -> Values:
    own = {name: str(value) for name, value in values.path.items()}
    path = shared_values(reader.path, trial.operation.path, own)
    needed = any(each.required and each.location != "path" for each in reader.parameters)
    if needed or reader.path.count("{") > len(path):
        known = trial.world.accepted(reader).values
        return replace(known, path={**known.path, **path})
    return Values(path=path)


def window(trial: Trial, values: Values) -> tuple[Window, Exchange, dict[str, Any]] | None:
    """The first through which the victim sees something now."""
    for each in windows(trial, values):
        try:
            answer, seen = each.look(trial.world, "before")
        except Inconclusive:
            continue
        if seen is None:
            continue
        memory = trial.world.target.memory
        if each.operation.label not in memory.restless:
            answer, again = each.look(trial.world, "before, once more")
            places = differing(seen, again or {})
            memory.restless[each.operation.label] = frozenset(map(general, places))
            seen = again or {}
        return each, answer, seen
    return None


def attempt(trial: Trial, values: Values, *, sham: bool = False) -> Effect | None:
    """The stranger's request between two looks of the victim; what it did, or None for nothing.

    With ``sham`` the same request on things that nobody has comes first: what changes then
    changes by itself. Raises Inconclusive.
    """
    world = trial.world
    found = window(trial, values)
    if found is None:
        request = trial.as_stranger(values, "as a stranger")
        control(not request.ok, f"nothing shows its owner what {trial.operation.label} changes")
        return None
    through, before, seen = found
    restless = world.target.memory.restless[through.operation.label]
    if sham:
        with suppress(Inconclusive):
            trial.as_stranger(trial.strange(values), "on what nobody has")
        before, still = through.look(world, "before, once more")
        control(still is not None, "it goes by itself")
        assert still is not None
        restless |= frozenset(map(general, differing(seen, still)))
        seen = still
    request = trial.as_stranger(values, "as a stranger")
    after, then = through.look(world, "after", again=True)
    if then is None:
        return Effect(before, request, after, frozenset({GONE}))
    changed = {each for each in differing(seen, then) if general(each) not in restless}
    if not changed:
        trial.fit(request, values)
        return None
    return Effect(before, request, after, frozenset(changed), then)


def done(trial: Trial, values: Values, *, named: bool = False) -> Effect | None:
    """What the stranger's request does to what is the victim's: seen, and seen again on a twin.

    None for nothing, and for what lists show to everybody. Raises Inconclusive.
    """
    if attempt(trial, values) is None:
        return None
    _, said = owner_of(trial.world.target, trial.operation)
    if not said and not trial.hidden(values):
        return None
    twin = trial.fresh(named=named)
    if named and _names(values) - _names(twin):
        twin = spelled(trial.world, trial.operation, twin)
    found = attempt(trial, twin, sham=True)
    control(found, "seen once, and not again on a twin")
    return found


def _names(values: Values) -> set[str]:
    return set(values.body) if isinstance(values.body, Mapping) else set()


def attempt_values(trial: Trial) -> Values:
    """What the stranger sends: other texts to the same thing; where there is no text that could
    be another, on a new one, which is not yet as the request would make it.
    """
    values = freshened(trial.world, trial.operation, trial.accepted.values)
    if values == trial.accepted.values:
        more = spelled(trial.world, trial.operation, values)
        # What nobody sent so far may be refused to everybody.
        if more != values and trial.sent(more, trial.rivals.victim, "with texts of its own").ok:
            values = spelled(trial.world, trial.operation, trial.accepted.values)
    own = trial.operation.label not in trial.world.target.memory.once
    return values if own and values != trial.accepted.values else trial.fresh(named=True)


def telling(effect: Effect) -> tuple[str, ...]:
    """Places whose new value was in the stranger's request: a replay finds the same there."""
    body = effect.request.request.body.decode("utf-8", "replace")
    return tuple(
        each
        for each in sorted(effect.places)
        if each in effect.seen and f'"{effect.seen[each]}"' in body
    )[:3]
