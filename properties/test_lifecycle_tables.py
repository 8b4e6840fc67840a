"""PRO205: every declared transition works and lasts; every other one is refused, and does nothing.

`[lifecycles.NAME]` is a table: the states of a kind of thing, and which operation leads from
which to which. Each pair of a state that can be reached and an event is asked on a thing of its
own, which is brought into that state first. A declared event is served; then the thing is in the
state that the table says, read back over another connection, once more, and in the lists that
show it. An event that is not declared in that state is refused with a 4xx, and the thing is what
it was. Afterwards histories of several events are asked of one thing.

Control: the thing was made, and is in the state that its way there leads to. Not a finding: an
event whose way there is refused (its own pair says so), and a refusal of the caller or of his
haste (401, 403, 429), which says nothing of the state.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from troth import control, expect, prop
from troth.exchange import Exchange
from troth.models.lifetime import Lifetime
from troth.models.machine import Machine, Rule, drive
from troth.prop import Refuted
from troth.spec.lifecycles import Event, Lifecycle
from troth.target import Target
from troth.world import World

REFS = ("CWE-841", "CWE-840", "OWASP-API6:2023", "ASVS-v5.0.0-2.3.1")
BLIND = frozenset({401, 403, 429})


@prop("PRO205", severity="high", refs=REFS, operations=False)
def test_lifecycle_tables(target: Target, lifecycle: Lifecycle) -> None:
    """Every pair on its own, then histories."""
    pairs = list(lifecycle.pairs())
    if target.profile.machine_examples == 1:
        pairs = _sample(pairs, lifecycle, target.profile.machine_steps)
    for state, event in pairs:
        with suppress(Refuted), target.world() as world:
            world.example.whole = True
            _pair(Lifetime.begun(world, lifecycle), state, event)
    if target.profile.machine_examples > 1:
        drive(target, _machine(lifecycle))


def _sample(
    pairs: list[tuple[str, Event]], lifecycle: Lifecycle, most: int
) -> list[tuple[str, Event]]:
    """Some that are declared, and some that are not."""
    declared = [each for each in pairs if (each[0], each[1].label) in lifecycle.table]
    others = [each for each in pairs if each not in declared]
    return declared[: most - most // 2] + others[: most // 2]


def _pair(life: Lifetime, state: str, event: Event) -> None:
    life.bring(state)
    life.reached = state
    before, found, shown = life.state()
    control(found == state, f"it is {found}, not {state}, when the event is to be sent")
    _event(life, state, event, before, shown)
    if (state, event.label) in life.lifecycle.table:
        _lists(life, event)


Held = tuple[str, Exchange, Mapping[str, Any]]
"""A state, and what showed it."""


def _event(
    life: Lifetime, state: str, event: Event, before: Exchange, shown: Mapping[str, Any]
) -> Held:
    """Send an event in that state: what the thing is then."""
    name, wanted = life.lifecycle.name, life.lifecycle.table.get((state, event.label))
    answer = life.send(event)
    control(answer.response and answer.status < 500, "no answer to judge")
    control(answer.status not in BLIND, f"{event.label} answered {answer.status}")
    if wanted is None:
        said = f"{event.label} is not declared for a {name} that is {state}, and was served"
        root = f"{name}: {event.label} works in {state}"
        expect(not answer.ok, said, before, answer, root=root)
        seen, now, after = life.state()
        said = f"{event.label} was refused for a {name} that is {state}, and made it {now}"
        root = f"{name}: a refused {event.label} acts"
        at = (life.lifecycle.field or "",) if now is not None else ()
        expect(now == state, said, before, answer, seen, root=root, telling=at)
        changed = sorted(key for key in shown if shown[key] != after.get(key))
        if changed and _restless(life):
            return state, seen, after
        said = f"{event.label} was refused for a {name} that is {state}, and changed {changed}"
        places = tuple(f"/{key}" for key in changed)
        expect(not changed, said, before, answer, seen, root=root, telling=places)
        return state, seen, after
    said = f"{event.label} is declared for a {name} that is {state}: it answered {answer.status}"
    root = f"{name}: {event.label} is refused in {state}"
    expect(answer.ok, said, before, answer, root=root)
    seen, now, after = life.state()
    cycle = life.lifecycle
    at = (cycle.field,) if now is not None and cycle.field and cycle.family.read else ()
    said = f"{event.label} was served for a {name} that was {state}, and it is {now}"
    root = f"{name}: {event.label} does not lead to {wanted}"
    expect(now == wanted, said, answer, seen, root=root, telling=at)
    return wanted, seen, after


def _lists(life: Lifetime, event: Event) -> None:
    """It lasts, and the lists that show it show it so."""
    cycle = life.lifecycle
    wanted = cycle.table.get((life.reached, event.label), life.reached)
    seen, now, _ = life.state()
    said = f"a {cycle.name} that was {wanted} after {event.label} is {now} when it is read again"
    root = f"{cycle.name}: {event.label} does not last"
    expect(now == wanted, said, seen, root=root)
    if cycle.family.read is None:
        return  # The list is what shows it.
    for listing, page, row in life.listings():
        field = (cycle.field or "").removeprefix("/")
        if row is None:
            continue  # Whether it is shown in that state at all is the list's own affair.
        held = wanted != cycle.gone and (field not in row or str(row[field]) == wanted)
        said = f"{listing.label} has a {cycle.name} as {row.get(field)} that is {wanted}"
        root = f"{cycle.name}: {listing.label} does not see {event.label}"
        expect(held, said, seen, page, root=root, telling=(f"has {life.one.id}",))


def _restless(life: Lifetime) -> bool:
    """Whether it changes while nothing is sent."""
    _, _, one = life.state()
    _, _, other = life.state()
    return one != other


def _machine(lifecycle: Lifecycle) -> Machine[dict[str, Any]]:
    """Histories of one thing: a new one when it has ended."""

    def begin(world: World) -> dict[str, Any]:
        life = Lifetime.begun(world, lifecycle)
        seen, found, shown = life.state()
        control(found == lifecycle.initial, f"a new {lifecycle.name} is {found}")
        return {"life": life, "held": (lifecycle.initial, seen, shown)}

    def rule(event: Event) -> Rule[dict[str, Any]]:
        def act(held: dict[str, Any]) -> None:
            state, before, shown = held["held"]
            held["held"] = _event(held["life"], state, event, before, shown)

        return Rule(event.label, act)

    return Machine(f"life of {lifecycle.name}", begin, [rule(each) for each in lifecycle.events])
