"""Fields that look like states, as candidate life cycles: never more than a comment."""

from collections.abc import Iterator
from typing import Any

from troth.proposal.names import name_of
from troth.proposal.passage import Entry, Passage
from troth.spec.families import Family
from troth.spec.operation import Operation, Spec
from troth.spec.schema import branches, properties, resolve, response_schema
from troth.spec.shape import escaped
from troth.spec.wording import plain

_STATES = ("status", "state", "phase", "stage", "lifecycle", "workflowstate")
_OUTCOMES = frozenset(
    """
    success successful fail failed failure error ok okay up down healthy unhealthy true false
    """.split()  # noqa: SIM905 - read as a list
)
LEAST = 2
MOST = 12
SHORTEST = 4
"""Letters that a verb and a state must have in common: `cancel`, `cancelled`."""


def passages(spec: Spec, families: tuple[Family, ...]) -> Iterator[Passage]:
    """A table, as a comment, for each kind of thing that shows a field of states."""
    first = True
    for family in families:
        found = _field(spec, family)
        if found is None:
            continue
        pointer, values, initial = found
        events = list(_events(spec, family, values, initial))
        if not events:
            continue
        above = (
            "Fields that look like states. Which operation leads from which to which is their",
            "owner's to say: what stands here is a guess by names.",
        )
        entries = (
            Entry("resource", family.name),
            Entry("field", f"$response.body#{pointer}"),
            Entry("initial", initial),
            Entry("states", list(values)),
            Entry("transitions", events),
        )
        yield Passage(
            ("lifecycles", family.name),
            above if first else (),
            tuple(Entry(each.key, each.value, proposed=True) for each in entries),
        )
        first = False


def _field(spec: Spec, family: Family) -> tuple[str, tuple[str, ...], str] | None:
    """Where one of a family shows its state, the states, and the one it probably begins in."""
    shower = family.read or family.create
    found = response_schema(spec, shower) if shower else None
    if found is None or shower is None:
        return None
    known = properties(spec, found[2])
    for name in sorted(known, key=lambda each: plain(each) not in _STATES):
        if not any(plain(name) == each or plain(name).endswith(each) for each in _STATES):
            continue
        for branch in branches(spec, known[name]):
            listed = branch.get("enum")
            values = [each for each in listed if isinstance(each, str)] if listed else []
            states = {plain(each) for each in values} - _OUTCOMES
            if len(states) >= LEAST and len(values) <= MOST:
                default = resolve(spec, known[name]).get("default", branch.get("default"))
                first = str(default) if default in values else values[0]
                return escaped(name), tuple(values), first
    return None


def _events(
    spec: Spec, family: Family, states: tuple[str, ...], initial: str
) -> Iterator[dict[str, Any]]:
    """A row for each operation below one of them that is called like a state."""
    shower = family.read or family.delete or family.patch
    if shower is None:
        return
    for each in spec.operations:
        if each.safe or not each.place.startswith(f"{shower.place}/"):
            continue
        rest = each.path.removeprefix(f"{shower.path}/")
        to = _state(rest, each, states) if "/" not in rest and "{" not in rest else None
        if to is not None:
            origin = [initial] if to != initial else [one for one in states if one != to]
            yield {"by": name_of(each), "from": origin, "to": to}


def _state(verb: str, operation: Operation, states: tuple[str, ...]) -> str | None:
    said = plain(verb)
    for each in states:
        own = plain(each)
        common = next(
            (at for at, pair in enumerate(zip(said, own, strict=False)) if pair[0] != pair[1]),
            min(len(said), len(own)),
        )
        # `approve` makes `approved`, `pause` makes `paused`; `stop` does not make `started`.
        if common >= SHORTEST and common >= len(said) - 2 and operation.method != "GET":
            return each
    return None
