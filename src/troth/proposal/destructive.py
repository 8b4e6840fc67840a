"""Operations that would end the run that sends them: its accounts, its credentials, its data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from troth.proposal.names import name_of
from troth.spec.harmless import wrecks
from troth.spec.operation import Operation, Spec
from troth.spec.wording import all_words, body_schema, fields, path_words, plain

_MINE: Final = frozenset(
    """
    me self myself current currentuser own whoami profile account my
    """.split()  # noqa: SIM905 - read as a list
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
