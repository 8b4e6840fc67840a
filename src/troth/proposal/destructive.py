"""Operations that would end the run that sends them: its accounts, its credentials, its data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from troth.proposal.names import all_words, body_schema, fields, name_of, path_words, plain
from troth.spec.operation import Operation, Spec

_MINE: Final = frozenset(
    """
    me self myself current currentuser own whoami profile account my
    """.split()  # noqa: SIM905 - read as a list
)
_WHOLE: Final = frozenset(
    """
    createdb resetdb initdb dropdb seed reseed wipe truncate shutdown poweroff reboot restart
    factoryreset reinit reinitialize resetdatabase flush flushdb flushall nuke terminate
    """.split()  # noqa: SIM905 - read as a list
)
_DATA: Final = re.compile(
    r"\b(?:populat\w*|seed\w*|reset\w*|wip\w+|truncat\w+|drop\w*|purg\w+|recreat\w+|clear\w*|"
    r"re-?initiali[sz]\w*)\b.{0,40}\b(?:databases?|db|schema|tables|all data|everything|server)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Danger:
    """An operation, and what it would do to the run."""

    operation: Operation
    why: str
    mine: bool = False
    """Whether it harms nobody but its sender: somebody who was signed up for it may send it."""


def dangers(spec: Spec) -> tuple[Danger, ...]:
    """What is better left out, in the order of the document."""
    return tuple(
        Danger(each, why, mine=not wrecks(each))
        for each in spec.operations
        if (why := _why(spec, each))
    )


def wrecks(operation: Operation) -> bool:
    """Whether it may destroy more than it names, whatever its method: such a GET is not probed."""
    if "{" in operation.path:
        return False
    said = f"{operation.summary} {str(operation.raw.get('description') or '')[:200]}"
    return bool(path_words(operation) & _WHOLE or _DATA.search(said))


def _why(spec: Spec, operation: Operation) -> str:
    if wrecks(operation):
        return "would destroy the data that the run works on"
    if operation.safe or "{" in operation.path or not (all_words(operation) & _MINE):
        return ""
    last = {plain(each) for each in operation.path.rstrip("/").split("/")[-1:]}
    if operation.method == "DELETE" and last & _MINE:
        return "would delete the account of whoever sends it"
    words = path_words(operation)
    if words & {"deactivate", "disable", "close", "suspend"}:
        return "would close the account of whoever sends it"
    if words & {"password", "passwd", "changepassword"} or current_password(spec, operation):
        return "would change the password that its sender logs in with"
    return ""


def current_password(spec: Spec, operation: Operation) -> dict[str, str]:
    """The members of a body that changes a password: `old` and `new`, as far as it has them."""
    schema = body_schema(operation)
    if schema is None or operation.method not in {"PUT", "PATCH", "POST"}:
        return {}
    names = {plain(at[-1]): at[-1] for at, _ in fields(spec, schema, depth=0)}
    old = next((names[each] for each in ("currentpassword", "oldpassword") if each in names), "")
    new = next((names[each] for each in ("newpassword", "password") if each in names), "")
    return {"old": old, "new": new} if old or "newpassword" in names else {}


def excluded(found: tuple[Danger, ...]) -> Iterator[str]:
    """The names for `[target] exclude`."""
    yield from (name_of(each.operation) for each in found)
