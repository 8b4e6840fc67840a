"""Life cycles as tables: what ``[lifecycles.*]`` says, resolved against the document."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from troth.config.lifecycles import EventSection, LifecycleSection
from troth.errors import UsageError
from troth.expression import parse
from troth.spec.configured import operation_of
from troth.spec.families import Family, family_of
from troth.spec.operation import Operation, Spec

_BODY = "$response.body#"


@dataclass(frozen=True, slots=True)
class Event:
    """An operation that may change a state, and how it is sent."""

    operation: Operation
    how: EventSection

    @property
    def label(self) -> str:
        """That of the operation."""
        return self.operation.label


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """``table`` has the state after an event in a state; a pair that is not in it is refused.

    ``field`` is a JSON pointer into what shows the thing, None where its being there is its state.
    ``routes`` has the shortest way to each state that can be reached, as events.
    """

    name: str
    family: Family
    field: str | None
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
    if family.create is None:
        raise UsageError(
            f"{here} resource: nothing makes a `{section.resource}`; "
            f"write [resources.{section.resource}] create"
        )
    if family.read is None and not any(each.identified for each in family.listings):
        raise UsageError(
            f"{here} resource: nothing shows a `{section.resource}`; "
            f"write [resources.{section.resource}] read, or list"
        )
    _states(section, here)
    table: dict[tuple[str, str], str] = {}
    events: dict[str, Event] = {}
    for row in section.transitions:
        operation = operation_of(spec, row.by, f"{here} transitions by")
        assert operation is not None
        how = next(
            (each for key, each in section.events.items() if operation.named(key)), EventSection()
        )
        events[operation.label] = Event(operation, how)
        for state in row.from_:
            if table.setdefault((state, operation.label), row.to) != row.to:
                raise UsageError(
                    f"{here} transitions: `{row.by}` leads from {state!r} to "
                    f"{table[state, operation.label]!r} and to {row.to!r}; keep one"
                )
    for key in section.events:
        if not any(each.operation.named(key) for each in events.values()):
            raise UsageError(
                f"{here} events: no transition is by `{key}`; name one of "
                f"{', '.join(f'`{row.by}`' for row in section.transitions)}"
            )
    return Lifecycle(
        name=name,
        family=family,
        field=_pointer(section.field, f"{here} field"),
        initial=section.initial,
        gone=section.gone,
        events=tuple(events.values()),
        table=table,
        routes=_routes(section.initial, events, table),
    )


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


def values_of(told: Any, taken: Mapping[str, Any]) -> Any:
    """``told`` with ``taken``'s values in place of the texts that are its keys."""
    if isinstance(told, Mapping):
        return {key: values_of(each, taken) for key, each in told.items()}
    if isinstance(told, list | tuple):
        return [values_of(each, taken) for each in told]
    return taken.get(told, told) if isinstance(told, str) else told
