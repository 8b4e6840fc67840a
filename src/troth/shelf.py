"""The dictionary that a resource is held against, and the rules by which both are changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from troth.case import NO_BODY, Values
from troth.exchange import Exchange
from troth.fresh import freshened
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive, control, expect
from troth.resource import One, ask, full, json_type, listed, look, made, make, members, row_of
from troth.spec.families import Family, Listing
from troth.spec.operation import Operation
from troth.target import Target
from troth.world import World

MOST = 12
"""Boundary cases that a rule chooses from."""


@dataclass
class Entry:
    """One thing as the model knows it.

    ``plain``: made of the usual values and not changed since. ``marked``: its deletion only
    marks it.
    """

    one: One
    known: dict[str, Any]
    plain: bool = True
    there: bool = True
    marked: bool = False


@dataclass
class Shelf:
    """The dictionary."""

    world: World
    family: Family
    entries: list[Entry] = field(default_factory=list)

    def live(self) -> list[Entry]:
        """What is there, the latest first."""
        return [each for each in reversed(self.entries) if each.there]

    def has_live(self) -> bool:
        """Whether anything is there."""
        return bool(self.live())

    def has_gone(self) -> bool:
        """Whether anything was there."""
        return bool(self.gone())

    def has_any(self) -> bool:
        """Whether anything was made."""
        return bool(self.entries)

    def gone(self) -> list[Entry]:
        """What is not there any more."""
        return [each for each in reversed(self.entries) if not each.there and not each.marked]


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
        try:
            one = make(shelf.world, shelf.family, who=other)
        except Inconclusive:
            continue
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
        one = made(world, shelf.family, values, answer.principal, answer)
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
    seen, shown = look(shelf.world, one)
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
    """Nobody has touched it since."""
    _agrees(shelf, entry, why="nothing was done to it", root="changes by itself")


def change(shelf: Shelf, entry: Entry, turn: int, by: Operation) -> None:
    """A PATCH touches what is sent; a PUT may be sent twice."""
    world, name = shelf.world, shelf.family.name
    body = _body(world, by, turn)
    if by.method == "PATCH" and isinstance(body, Mapping):
        body = _one_member(world, by, body, turn)
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


def _one_member(world: World, by: Operation, body: Mapping[str, Any], turn: int) -> Any:
    """``body`` with as few members as are allowed."""
    assert by.body is not None
    media = by.body.content[json_type(by) or ""]
    names = sorted(body)
    for place in range(len(names)):
        name = names[(turn + place) % len(names)]
        if world.target.validity.violations(media.schema, {name: body[name]}) == ():
            return {name: body[name]}
    return body


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
    seen, shown = look(shelf.world, entry.one)
    entry.there, entry.marked = False, shown is not None and shown != before
    told = f"{operation.label} answered {answer.status}, and it is there as before"
    root = f"{name}: deleted and still there"
    expect(shown is None or entry.marked, told, answer, seen, root=root)
    for listing in shelf.family.listings:
        if listing.identified and not listing.term and not entry.marked:
            _unlisted(shelf, entry, listing)


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


def list_them(shelf: Shelf, listing: Listing) -> None:
    """What is there is shown, what is gone is not: of everybody's own."""
    memory = shelf.world.target.memory
    for who in dict.fromkeys(each.one.who for each in shelf.entries):
        own = [each for each in shelf.entries if each.one.who == who]
        for entry in own[-1:] if not listing.term else own[-2:]:
            term = _term(entry) if listing.term else ""
            if listing.term and not term:
                continue
            answer, rows = listed(shelf.world, entry.one, listing, term=term)
            for each in [entry] if listing.term else own:
                found = row_of(rows, listing, each.one.id)
                key = (listing.label, who)
                if not each.there and not each.marked:
                    _absent(each, listing, answer, found)
                elif each.plain and found is not None:
                    memory.listing.add(key)
                elif (
                    each.there
                    and key in memory.listing
                    and not full(shelf.world, listing, rows, answer)
                ):
                    _present(shelf, each, listing)


def _present(shelf: Shelf, entry: Entry, listing: Listing) -> None:
    """It is missing in a list that has shown its like: looked at once more."""
    term = _term(entry) if listing.term else ""
    answer, rows = listed(shelf.world, entry.one, listing, term=term)
    expect(
        row_of(rows, listing, entry.one.id) is not None,
        f"{listing.label} does not show what was made, and is there",
        answer,
        root=f"{listing.label}: made and not listed",
        telling=(f"lacks {entry.one.id}",),
    )


def _unlisted(shelf: Shelf, entry: Entry, listing: Listing) -> None:
    answer, rows = listed(shelf.world, entry.one, listing)
    _absent(entry, listing, answer, row_of(rows, listing, entry.one.id))


def _absent(entry: Entry, listing: Listing, answer: Exchange, found: Any) -> None:
    expect(
        found is None,
        f"{listing.label} still shows what was deleted",
        answer,
        root=f"{listing.label}: deleted and still listed",
        telling=(f"has {entry.one.id}",),
    )


def _term(entry: Entry) -> str:
    """A word of the thing that it may be found by."""
    texts = [each for each in entry.known.values() if isinstance(each, str)]
    good = [each for each in texts if len(each) >= 4 and each.replace("-", "").isalnum()]
    return max(good, key=len, default="")
