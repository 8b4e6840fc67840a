"""Life cycles as tables: what ``[lifecycles.*]`` says, resolved against the document."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from troth.config.asks import GivenSection
from troth.config.lifecycles import EventSection, LifecycleSection
from troth.errors import UsageError
from troth.expression import parse
from troth.spec.configured import operation_of
from troth.spec.families import Family, family_of
from troth.spec.operation import Operation, Spec

_BODY = "$response.body#"


@dataclass(frozen=True, slots=True)
class Event:
    """An operation that may change a state, and how it is sent; ``label`` is what it is called."""

    label: str
    operation: Operation
    how: EventSection


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """``table`` has the state after an event in a state; a pair that is not in it is refused.

    ``field`` is a JSON pointer into what shows the thing, None where its being there is its state.
    ``routes`` has the shortest way to each state that can be reached, as events.
    """

    name: str
    family: Family
    field: str | None
    token: str | None
    made: GivenSection | None
    initial: str
    gone: str | None
    events: tuple[Event, ...]
    table: Mapping[tuple[str, str], str]
    routes: Mapping[str, tuple[Event, ...]]

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Those that make, show and change the thing."""
        return (*self.family.operations, *(each.operation for each in self.events))

    def pairs(self) -> Iterator[tuple[str, Event]]:
        """Every state that can be reached with every event, declared pairs first."""
        every = [(state, event) for state in self.routes for event in self.events]
        yield from sorted(every, key=lambda each: (each[0], each[1].label) not in self.table)


def lifecycles(
    spec: Spec, known: tuple[Family, ...], sections: Mapping[str, LifecycleSection]
) -> tuple[Lifecycle, ...]:
    """The tables of a target file. Raises UsageError for whatever they name that is not there."""
    return tuple(_one(spec, known, name, section) for name, section in sections.items())


def _one(spec: Spec, known: tuple[Family, ...], name: str, section: LifecycleSection) -> Lifecycle:
    here = f"[lifecycles.{name}]"
    family = family_of(known, section.resource, f"{here} resource")
    family = replace(
        family,
        create=operation_of(spec, section.create, f"{here} create") or family.create,
        read=operation_of(spec, section.read, f"{here} read") or family.read,
        id=section.id or family.id,
    )
    if family.create is None:
        raise UsageError(
            f"{here} resource: nothing makes a `{section.resource}`; write `create`, and `id`"
        )
    if family.read is None and not any(each.identified for each in family.listings):
        raise UsageError(
            f"{here} resource: nothing shows a `{section.resource}`; "
            f"write `read`, or [resources.{section.resource}] list"
        )
    _states(section, here)
    table: dict[tuple[str, str], str] = {}
    events: dict[str, Event] = {}
    for row in section.transitions:
        event = _event(spec, row.by, section, here)
        events[event.label] = event
        for state in row.from_:
            if table.setdefault((state, event.label), row.to) != row.to:
                raise UsageError(
                    f"{here} transitions: `{row.by}` leads from {state!r} to "
                    f"{table[state, event.label]!r} and to {row.to!r}; keep one"
                )
    for key, how in section.events.items():
        if how.operation is not None:
            # It may be one that nothing allows, in no state.
            events.setdefault(key, _event(spec, key, section, here))
        elif not any(key == each.label or each.operation.named(key) for each in events.values()):
            raise UsageError(
                f"{here} events: no transition is by `{key}`; name one of "
                f"{', '.join(f'`{row.by}`' for row in section.transitions)}"
            )
    return Lifecycle(
        name=name,
        family=family,
        field=_pointer(section.field, f"{here} field"),
        token=section.token,
        made=section.made,
        initial=section.initial,
        gone=section.gone,
        events=tuple(events.values()),
        table=table,
        routes=_routes(section.initial, events, table),
    )


def _event(spec: Spec, by: str, section: LifecycleSection, here: str) -> Event:
    """The event of that name: of `events`, or of an operation."""
    named = section.events.get(by)
    if named is not None and named.operation is not None:
        operation = operation_of(spec, named.operation, f"{here} events.{by} operation")
        assert operation is not None
        return Event(by, operation, named)
    operation = operation_of(spec, by, f"{here} transitions by")
    assert operation is not None
    told = (each for key, each in section.events.items() if operation.named(key))
    how = next((each for each in told if each.operation is None), EventSection())
    return Event(operation.label, operation, how)


def _states(section: LifecycleSection, here: str) -> None:
    """Each state that is named must be one of ``states``, where those are listed."""
    named = {section.initial: "initial"}
    for row in section.transitions:
        named |= dict.fromkeys((*row.from_, row.to), "transitions")
    if section.gone is not None and section.gone not in {row.to for row in section.transitions}:
        raise UsageError(f"{here} gone: no transition leads to {section.gone!r}; correct it")
    for state, key in named.items():
        if section.states and state not in section.states:
            near = get_close_matches(state, section.states, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else "add it to `states`"
            raise UsageError(f"{here} {key}: {state!r} is none of `states`; {remedy}")


def _pointer(text: str | None, place: str) -> str | None:
    if text is None:
        return None
    parse(text, place)
    if not text.startswith(_BODY):
        raise UsageError(f"`{text}` in {place} is not in the body; write `{_BODY}/status`, say")
    return text.removeprefix(_BODY)


def _routes(
    initial: str, events: Mapping[str, Event], table: Mapping[tuple[str, str], str]
) -> dict[str, tuple[Event, ...]]:
    routes: dict[str, tuple[Event, ...]] = {initial: ()}
    pending = deque([initial])
    while pending:
        state = pending.popleft()
        for (from_, label), to in table.items():
            if from_ == state and to not in routes:
                routes[to] = (*routes[state], events[label])
                pending.append(to)
    return routes
