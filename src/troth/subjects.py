"""What properties are asked of beside operations: a session, a webhook, a power and the like."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from troth.authority.aliases import asked as spelled
from troth.authority.assignment import writes
from troth.authority.standing import brief
from troth.composing.passes import takes
from troth.config.principals import PrincipalSection
from troth.errors import UsageError
from troth.people.person import MOST_PROBES, candidates
from troth.principal import ANONYMOUS
from troth.probes.allowance import promises
from troth.spec.operation import Operation, Spec
from troth.target import Target

TWO: Final = 2
_MOUNT: Final = re.compile(r"api|rest|v[0-9]+([._][0-9]+)?|internal|legacy|beta")


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a property is asked of. ``operations`` must be open for it to be asked.

    ``section`` is what the target file says of it.
    """

    label: str
    operations: tuple[Operation, ...]
    section: Any = None


def _named(target: Target, place: str, *names: str | None) -> tuple[Operation, ...]:
    found = []
    for name in names:
        operation = target.spec.operation(name) if name is not None else None
        if name is not None and operation is None:
            raise UsageError(f"unknown operation `{name}` in {place}; `troth matrix` lists them")
        if operation is not None:
            found.append(operation)
    return tuple(found)


def _webhooks(target: Target) -> Iterable[Subject]:
    for name, each in target.file.webhooks.items():
        names = (each.operation, *(state.operation for state in each.state), *each.given)
        yield Subject(name, _named(target, f"[webhooks.{name}]", *names), each)


def _authority(target: Target) -> Iterable[Subject]:
    for name, each in target.file.authority.items():
        restored = each.restored.operation if each.restored else None
        loss = each.loss.operation if each.loss else None
        names = (each.power.operation, loss, restored, *each.given)
        yield Subject(name, _named(target, f"[authority.{name}]", *names), each)


def _limits(target: Target) -> Iterable[Subject]:
    for name, each in target.file.limits.items():
        names = (each.operation, *each.given)
        yield Subject(name, _named(target, f"[limits.{name}]", *names), each)
    login = target.file.session.login
    named = _named(target, "[session]", login.operation) if login is not None else ()
    told = {each.operation for each in target.file.limits.values()}
    for operation in named:
        if promises(operation) and not any(operation.named(each) for each in told):
            yield Subject(f"{operation.label} as it tells", (operation,))


def _surface(target: Target) -> Iterable[Subject]:
    """The service as a whole, where there is an operation that may be sent."""
    opened = tuple(each for each in target.spec.operations if target.closed(each) is None)
    if opened:
        yield Subject("surface", opened)


def _session(target: Target) -> Iterable[Subject]:
    section = target.file.session
    if section.login is not None:
        refresh = section.refresh.operation if section.refresh else None
        names = _named(target, "[session]", section.login.operation, refresh)
        yield Subject("session", names, section)


def _bearers(target: Target) -> Iterable[Subject]:
    """Principals, one of each kind of credential."""
    login, probe = target.file.session.login, target.file.session.probe
    asking = (*_named(target, "[session] probe", probe), *candidates(target)[:MOST_PROBES])
    named = _named(target, "[session]", login.operation) if login is not None else ()
    seen: set[object] = set()
    for name, each in target.file.principals.items():
        if name == ANONYMOUS or (kind := _kind(each)) in seen:
            continue
        seen.add(kind)
        yield Subject(name, (*(named if each.login is not None else ()), *asking), each)


def _kind(section: PrincipalSection) -> object:
    """Principals of one kind get alike what they show."""
    if section.login is not None:
        return "login"
    if section.api_key is not None:
        key = section.api_key
        return ("key", key.header, key.query, key.cookie)
    if section.token is not None:
        return ("token", section.token.partition(".")[0] if section.token.count(".") > 1 else "")
    return ("basic" if section.basic is not None else tuple(section.headers),)


def _ranked(target: Target) -> Iterable[Subject]:
    """Kinds of things that are made, changed and deleted, paths that stand for one another, and
    reads whose paths may be spelled otherwise.
    """
    if not brief(target):
        yield from (Subject(each.label, (each,)) for each in spelled(target))
    ranks = {each.role for each in target.file.principals.values() if each.role}
    if len(ranks) < TWO:
        return
    for each in target.families:
        change = each.patch or each.replace
        if each.create is None or change is None or each.delete is None:
            continue
        if target.told(each.create).token is None:
            yield Subject(each.name, (each.create, change, each.delete), each)
    known: dict[tuple[str, str], Operation] = {}
    for one in target.spec.operations:
        if not one.safe or not one.secured:
            continue
        other = known.setdefault((one.method, _bare(one.path)), one)
        if other is not one:
            yield Subject(f"{other.label} = {one.path}", (other, one))


def _bare(path: str) -> str:
    """A path without what tells versions and mounts apart, and parameters without names."""
    kept = [each for each in path.lower().split("/") if each and not _MOUNT.fullmatch(each)]
    return "/".join("{}" if each.startswith("{") else each for each in kept)


def _assigned(target: Target) -> Iterable[Subject]:
    """Writes to which more may be given than the document says."""
    yield from (Subject(each.label, (each,)) for each in writes(target))


def _spent(target: Target) -> Iterable[Subject]:
    """Operations that take values from answers, which may be good for once; the refresh too."""
    session = target.file.session
    for each in target.spec.operations:
        if session.login is not None and each.named(session.login.operation):
            continue
        told = target.told(each)
        wanted = told.once or (each.method == "POST" and told.once is None)
        if wanted and (told.once or takes(target, each)):
            yield Subject(each.label, (each,), told)


def reader(spec: Spec, write: Operation) -> Operation | None:
    """What reads that which ``write`` changes: at its path, or at the thing that stands above."""
    path = write.place
    while path:
        for each in spec.operations:
            if each.method == "GET" and each.place == path:
                return each
        above = path.rpartition("/")[0]
        if path.endswith("}") or not above.endswith("}"):
            return None
        path = above
    return None


def _written(target: Target) -> Iterable[Subject]:
    """Things that are changed in part or replaced, and can be read."""
    declared = []
    for name, section in target.file.shared.items():
        names = (section.write.operation, section.read.operation, *section.given)
        operations = _named(target, f"[shared.{name}]", *names)
        declared.append(operations[0])
        yield Subject(name, operations, section)
    for each in target.spec.operations:
        written = each.method in {"PATCH", "PUT"} and each.body is not None
        if written and each not in declared and reader(target.spec, each) is not None:
            yield Subject(each.label, (each,))


def _contended(target: Target) -> Iterable[Subject]:
    """The same, and what is made of a body and may be refused because there is one already."""
    yield from _written(target)
    for name, section in target.file.quotas.items():
        names = (section.make.operation, *section.given)
        yield Subject(name, _named(target, f"[quotas.{name}]", *names), section)
    for each in target.spec.operations:
        made = each.method == "POST" and each.body is not None and "409" in each.responses
        if made and not takes(target, each):
            yield Subject(each.label, (each,))


KINDS: Final[dict[str, tuple[Callable[[Target], Iterable[Subject]], str]]] = {
    "webhook": (_webhooks, "the target file has no [webhooks]"),
    "authority": (_authority, "the target file has no [authority]"),
    "limit": (_limits, "the target file has no [limits], and the document none of a login"),
    "surface": (_surface, "the document describes nothing that may be sent"),
    "session": (_session, "nobody logs in: [session] has no login"),
    "assigned": (_assigned, "nothing is written as JSON"),
    "ranked": (_ranked, "[principals] name fewer than two roles, or nothing tells them apart"),
    "bearer": (_bearers, "the target file has no [principals]"),
    "spent": (_spent, "no operation takes what may be good for once"),
    "written": (_written, "nothing is changed that can be read"),
    "contended": (_contended, "nothing is changed that can be read, and nothing may conflict"),
}
"""By the name of the test's argument: who finds them, and why there may be none."""
