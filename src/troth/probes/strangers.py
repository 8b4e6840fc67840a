"""Somebody whom the service knows and somebody whom it does not, who ask the same of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from secrets import choice
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from troth.composing.fresh import free
from troth.config.asks import GivenSection
from troth.exchange import Exchange
from troth.models.scene import plain
from troth.people.person import Person
from troth.probes.probing import content
from troth.prop import control
from troth.readback import differences, pruned
from troth.spec.operation import Operation, Spec
from troth.spec.place import with_value
from troth.spec.schema import properties, resolve
from troth.told import leaves

if TYPE_CHECKING:
    from troth.target import Target

_LETTERS: Final = "bcdfghjkmnpqrstvwxz"
_RESET = re.compile(r"forgot|reset|recover|lost", re.IGNORECASE)
_CHANGES: Final = frozenset({"date", "content-length", "etag", "set-cookie", "server-timing"})


def letters(length: int) -> str:
    """Some that make no word."""
    return "".join(choice(_LETTERS) for _ in range(max(4, length)))


def nobody(value: str) -> str:
    """A name like ``value`` that nobody has."""
    if "@" in value:
        name, _, domain = value.rpartition("@")
        return f"{letters(len(name))}@{domain}"
    if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        return str(uuid4())
    return (
        "".join(choice("0123456789") for _ in value) if value.isdecimal() else letters(len(value))
    )


def wrong(value: str) -> str:
    """A password as long as ``value``, and good enough to be looked at, that is another one."""
    return f"Aa1-{letters(len(value) - 4)}"


def named(spec: Spec, login: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The members of a login that say who it is, by pointer; an address first."""
    found = [
        (at, each)
        for at, each in leaves(plain(login))
        if isinstance(each, str) and free(spec, at.rpartition("/")[2], {}) is not None
    ]
    yield from sorted(found, key=lambda each: "@" not in each[1])


def secret(spec: Spec, login: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The members of a login that prove it."""
    for at, each in leaves(plain(login)):
        if isinstance(each, str) and free(spec, at.rpartition("/")[2], {}) is None:
            yield at, each


@dataclass(frozen=True, slots=True)
class Guess:
    """A login with a wrong password, and what in its answer may stand because it was sent."""

    body: Any
    hidden: tuple[str, ...]


def guess(someone: Person, *, known: bool) -> Guess:
    """Of somebody who is known, or of nobody. Raises Inconclusive."""
    spec = someone.world.target.spec
    names, secrets = list(named(spec, someone.body)), list(secret(spec, someone.body))
    control(names and secrets, "no member of the login says who it is, or none proves it")
    body: Any = dict(someone.body)
    hidden = [each for _, each in names]
    for at, each in secrets:
        other = wrong(each)
        someone.world.target.redactor.add(other)
        hidden.append(other)
        body = with_value(body, at, other)
    if not known:
        at, each = names[0]
        other = nobody(each)
        hidden.append(other)
        body = with_value(body, at, other)
    return Guess(body, tuple(hidden))


def said(exchange: Exchange, hidden: tuple[str, ...]) -> tuple[int, Any, frozenset[str]]:
    """What an answer tells: status, body, and which headers it has."""
    control(exchange.response and exchange.status < 500, "no answer to judge")
    control(exchange.status != 429, "the service limits how often it may be asked")
    assert exchange.response is not None
    names = {name.lower() for name, _ in exchange.response.headers} - _CHANGES
    status, body = content(exchange, *hidden)
    return status, body, frozenset(names)


def told_apart(known: list[Any], unknown: list[Any]) -> str:
    """By what two answers of each sort differ that do not differ among themselves; or nothing."""
    if len({each[0] for each in known}) == len({each[0] for each in unknown}) == 1:
        if known[0][0] != unknown[0][0]:
            return "status"
        volatile = frozenset(
            differences(known[0][1], known[1][1]) | differences(unknown[0][1], unknown[1][1])
        )
        if pruned(known[0][1], volatile) != pruned(unknown[0][1], volatile):
            return "body"
    if known[0][2] == known[1][2] != unknown[0][2] == unknown[1][2]:
        return "headers"
    return ""


def resets(target: "Target", login: Mapping[str, Any]) -> Iterator[tuple[Operation, str, str]]:
    """Operations by which anybody asks for a new password for a name that a login has too."""
    names = {at.rpartition("/")[2]: value for at, value in named(target.spec, login)}
    for each in target.spec.operations:
        body = each.body
        said_ = f"{each.path} {each.id or ''}"
        if each.method != "POST" or body is None or each.secured or not _RESET.search(said_):
            continue
        if "{" in each.path or target.closed(each) is not None:
            continue
        schema = resolve(target.spec, next(iter(body.content.values())).schema)
        wanted = list(schema.get("required", ())) or list(properties(target.spec, schema))
        if len(wanted) == 1 and wanted[0] in names:
            yield each, wanted[0], names[wanted[0]]


def hands_out(body: Any) -> bool:
    """Whether an answer holds the very token that should go by mail."""
    return any("token" in at.lower() for at, _ in leaves(body))


def asked_for(someone: Person, operation: Operation, name: str, value: str) -> Exchange:
    """The answer to a request for a new password."""
    given = GivenSection(principal="anonymous", body={name: value})
    return someone.scene.ask(operation, given, purpose="a new password is asked for")
