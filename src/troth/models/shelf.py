"""What may be done to a resource and to the dictionary at once: the rules of PRO204's machine."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from troth.case import NO_BODY, Values
from troth.composing.fresh import freshened
from troth.exchange import Exchange
from troth.models.dictionary import Entry, Shelf
from troth.models.listings import gone_from
from troth.models.resource import One, ask, json_type, made, make, members
from troth.models.rows import look
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive, control, expect
from troth.spec.operation import Operation
from troth.target import Target
from troth.world import World

MOST = 12
"""Boundary cases that a rule chooses from."""


def make_one(shelf: Shelf) -> None:
    """By values that are served."""
    _made(shelf, make(shelf.world, shelf.family, who=_maker(shelf)))


def _maker(shelf: Shelf) -> str | None:
    return shelf.entries[0].one.who if shelf.entries else None


def make_as_another(shelf: Shelf) -> None:
    """As somebody of another tenant, if there is one."""
    create, target = shelf.family.create, shelf.world.target
    assert create is not None
    first = _maker(shelf) or target.sender(create)
    tenant = _tenant(target, first)
    others = [each for each in target.senders(create) if each not in {first, ANONYMOUS}]
    others.sort(key=lambda each: _tenant(target, each) == tenant)
    for other in others:
        if target.memory.hopeless(create.label, [other]):
            continue
        served = dict(target.memory.accepted)
        try:
            one = make(shelf.world, shelf.family, who=other)
        except Inconclusive:
            continue
        finally:
            # Whoever asks next goes on as whoever was served before.
            target.memory.accepted.update(served)
        _made(shelf, one)
        return


def _tenant(target: Target, who: str) -> str | None:
    section = target.file.principals.get(who)
    return section.tenant if section is not None else None


def make_other(shelf: Shelf, turn: int) -> None:
    """By a boundary case; that it is refused is no concern of this property."""
    world, create = shelf.world, shelf.family.create
    assert create is not None
    accepted = world.accepted(create)
    body = _body(world, create, turn)
    values = accepted.values if body is NO_BODY else _with(accepted.values, create, body)
    answer = world.send(world.case(create, freshened(world, create, values)))
    if answer.ok and answer.status != 202:
        one = made(shelf.family, values, answer.principal, answer)
        _made(shelf, one, plain=False)


def _with(values: Values, operation: Operation, body: Any) -> Values:
    return replace(values, body=body, media_type=json_type(operation))


def _body(world: World, operation: Operation, turn: int) -> Any:
    """A valid body: the one that was served, or that of a boundary case with its references."""
    served = world.accepted(operation).values
    told = world.target.told(operation).body is not None
    if json_type(operation) is None or told or turn == 0 or not isinstance(served.body, Mapping):
        return served.body
    cases = world.target.boundary(operation, valid=True, most=MOST)
    bodies = [each.values.body for each in cases if isinstance(each.values.body, Mapping)]
    if not bodies:
        return served.body
    body = dict(bodies[turn % len(bodies)])
    for reference in world.target.references(operation):
        name = reference.strip("/").split("/")[0]
        if name in served.body and name in body:
            body[name] = served.body[name]
        elif name in body:
            del body[name]
    return body


def _made(shelf: Shelf, one: One, *, plain: bool = True) -> None:
    """Take it into the model. It is there, or it was never made."""
    seen, shown = shelf.patiently(
        lambda: look(shelf.world, one), over=lambda found: found[1] is not None
    )
    told = f"{one.made.operation} made it ({one.made.status}), and it is not there"
    expect(shown is not None, told, one.made, seen, root=f"{shelf.family.name}: made and not there")
    entry = next((each for each in shelf.entries if each.one.id == one.id), None)
    known = _kept(shelf, one.body, shown)
    if entry is None:
        shelf.entries.append(Entry(one, known, plain=plain))
    else:
        # Made once more under the same id: it is what was sent last.
        entry.one, entry.known, entry.plain = one, known, plain
        entry.there, entry.marked = True, False


def _kept(shelf: Shelf, body: Any, shown: Mapping[str, Any] | None) -> dict[str, Any]:
    """The members that came back as they were sent."""
    if not isinstance(body, Mapping) or shown is None:
        return {}
    own = shelf.family
    names = {name for each in own.writers for name in members(shelf.world, each)}
    kept = {name: body[name] for name in names & body.keys() & shown.keys()}
    return {
        name: value
        for name, value in kept.items()
        if value == shown[name] and f"/{name}" not in own.volatile
    }


def _agrees(shelf: Shelf, entry: Entry, *shown: Exchange, why: str, root: str) -> None:
    """The thing is as the model has it."""
    seen, now = look(shelf.world, entry.one)
    name = shelf.family.name
    expect(now is not None, f"{why}, and it is gone", *shown, seen, root=f"{name}: {root}, gone")
    for member, value in entry.known.items():
        read = (now or {}).get(member)
        expect(
            read == value,
            f"{why}, and /{member} was {value!r} and is {read!r}"[:300],
            *shown,
            seen,
            root=f"{name}: {root}, /{member}",
            telling=(f"/{member}",),
        )


def read_one(shelf: Shelf, entry: Entry) -> None:
    """Nobody has touched it since; numbers may count down by themselves."""
    counts = [name for name, value in entry.known.items() if isinstance(value, int | float)]
    for name in counts:
        del entry.known[name]
    _agrees(shelf, entry, why="nothing was done to it", root="changes by itself")


def change(shelf: Shelf, entry: Entry, turn: int, by: Operation) -> None:
    """A PATCH touches what is sent; a PUT may be sent twice."""
    world, name = shelf.world, shelf.family.name
    body = _body(world, by, turn)
    if by.method == "PATCH" and isinstance(body, Mapping):
        pairs = _members_alone(world, by, body, entry.known)
        body = pairs[turn % len(pairs)] if pairs else body
        _something_to_wipe(shelf, entry, by, [each for each in pairs if each.keys() != body.keys()])
    answer = ask(world, entry.one, by, body=body, purpose="change it")
    if not answer.ok or answer.status == 202:
        _agrees(shelf, entry, answer, why="the change was refused", root="a refused write acts")
        return
    entry.plain = False
    seen, shown = look(world, entry.one)
    told = f"{by.label} was served, and it is gone"
    expect(shown is not None, told, answer, seen, root=f"{name}: a change deletes")
    sent = body if isinstance(body, Mapping) else {}
    old = {key: value for key, value in entry.known.items() if key not in sent}
    if by.method != "PATCH":
        entry.known = _kept(shelf, sent, shown)
        again = ask(world, entry.one, by, body=body, purpose="the same once more")
        if again.ok:
            why = "it was replaced by the same once more"
            _agrees(shelf, entry, answer, again, why=why, root="PUT is not idempotent")
        return
    for member, value in old.items():
        read = (shown or {}).get(member)
        expect(
            read == value or not _touched(shelf, by, sent, member, value),
            f"{by.label} with {sorted(sent)} made {read!r} of /{member}, which was {value!r}"[:300],
            answer,
            seen,
            root=f"{name}: PATCH touches what was not sent",
            telling=(f"/{member}",),
        )
    entry.known = {
        **{key: value for key, value in old.items() if (shown or {}).get(key) == value},
        **_kept(shelf, sent, shown),
    }


def _members_alone(
    world: World, by: Operation, body: Mapping[str, Any], known: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Bodies of one member each: those that say something and that the thing does not have yet,
    where there are any, for what is as empty as its default cannot be wiped.
    """
    assert by.body is not None
    media = by.body.content[json_type(by) or ""]
    bodies = [body]
    if world.target.told(by).body is None:
        cases = world.target.boundary(by, valid=True, most=MOST)
        bodies += [each.values.body for each in cases if isinstance(each.values.body, Mapping)]
    references = {each.strip("/").split("/")[0] for each in world.target.references(by)}
    pairs = [
        {name: value}
        for each in bodies
        for name, value in sorted(each.items())
        if (each is body or name not in references)
        and world.target.validity.violations(media.schema, {name: value}) == ()
    ]
    telling = [
        pair for pair in pairs for name, value in pair.items() if value and value != known.get(name)
    ]
    return [*(telling or pairs)]


def _something_to_wipe(
    shelf: Shelf, entry: Entry, by: Operation, pairs: list[Mapping[str, Any]]
) -> None:
    """Another member than the one that is about to be sent has a value that says something."""
    others = {name for pair in pairs for name in pair}
    if not pairs or any(value for name, value in entry.known.items() if name in others):
        return
    answer = ask(shelf.world, entry.one, by, body=pairs[0], purpose="give it another value first")
    if answer.ok and answer.status != 202:
        entry.plain = False
        _, shown = look(shelf.world, entry.one)
        entry.known |= _kept(shelf, pairs[0], shown)


def _touched(shelf: Shelf, by: Operation, sent: Mapping[str, Any], member: str, value: Any) -> bool:
    """Whether a PATCH that changes nothing changes ``member`` of another thing, too, which has
    the same ``value`` of it where a PATCH can give it: a default cannot be wiped.
    """
    one = make(shelf.world, shelf.family, who=_maker(shelf))
    if member in members(shelf.world, by):
        ask(shelf.world, one, by, body={member: value}, purpose="give it the same value")
    _, before = look(shelf.world, one)
    same = {name: (before or {}).get(name, value) for name, value in sent.items()}
    answer = ask(shelf.world, one, by, body=same, purpose="change nothing")
    control(answer.ok, "a change that changes nothing is refused")
    _, after = look(shelf.world, one)
    return (before or {}).get(member) != (after or {}).get(member)


def be_refused(shelf: Shelf, entry: Entry, turn: int, by: Operation) -> None:
    """A write with a fault, and other values than the thing has."""
    world = shelf.world
    cases = [each for each in world.faulty(by) if each.fault and each.fault.location == "body"]
    if not cases:
        return
    case = cases[turn % len(cases)]
    body, at = case.values.body, (case.fault.name if case.fault else "").split("/")
    if isinstance(body, Mapping) and len(at) > 1:
        fresh = freshened(world, by, case.values).body
        body = {**fresh, **{name: body[name] for name in at[1:2] if name in body}}
    if by is shelf.family.create:
        answer = world.send(world.case(by, _with(case.values, by, body)), purpose="a faulty one")
    else:
        answer = ask(world, entry.one, by, body=body, purpose="a faulty change")
    if answer.refused:
        _agrees(shelf, entry, answer, why="a write was refused", root="a refused write acts")
    else:
        # Another property's subject; what it did is not known.
        entry.known, entry.plain = {}, False


def delete(shelf: Shelf, entry: Entry) -> None:
    """It is gone then, or marked."""
    operation, name = shelf.family.delete, shelf.family.name
    assert operation is not None
    _, before = look(shelf.world, entry.one)
    answer = ask(shelf.world, entry.one, operation, purpose="delete it")
    if not answer.ok or answer.status == 202:
        _agrees(shelf, entry, answer, why="its deletion was refused", root="a refused write acts")
        return
    one = entry.one
    seen, shown = shelf.patiently(
        lambda: look(shelf.world, one),
        over=lambda found: found[1] is None or found[1] != before,
    )
    entry.there, entry.marked = False, shown is not None and shown != before
    told = f"{operation.label} answered {answer.status}, and it is there as before"
    root = f"{name}: deleted and still there"
    expect(shown is None or entry.marked, told, answer, seen, root=root)
    for listing in shelf.family.listings:
        if listing.identified and not listing.term and not entry.marked:
            gone_from(shelf, entry, listing)


def use_deleted(shelf: Shelf, entry: Entry) -> None:
    """Nothing is served of it; deleting it again is as good as refusing to."""
    world, family, name = shelf.world, shelf.family, shelf.family.name
    if family.patch is not None and not world.target.closed(family.patch):
        body = _body(world, family.patch, 0)
        answer = ask(world, entry.one, family.patch, body=body, purpose="change what is deleted")
        told = f"{family.patch.label} was served after the thing was deleted"
        expect(not answer.ok, told, answer, root=f"{name}: what is deleted can be changed")
    assert family.delete is not None
    again = ask(world, entry.one, family.delete, purpose="delete it again")
    seen, shown = look(world, entry.one)
    told = "it was deleted twice, and is there again"
    expect(shown is None, told, again, seen, root=f"{name}: what is deleted comes back")
