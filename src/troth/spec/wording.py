"""Reads from names and schemas what an operation, or a member of its body, is for."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from troth.spec.naming import words
from troth.spec.operation import Operation, Schema, Spec
from troth.spec.schema import branches, is_json, properties, response_schema, types
from troth.spec.shape import escaped

FORM: Final = "application/x-www-form-urlencoded"
PASSWORDS: Final = ("password", "passwd", "passphrase", "pass", "pwd", "pin")
PEOPLE: Final = tuple(
    """
    username email login user_name userid user account emailaddress e-mail identifier phone
    phonenumber mail nickname name
    """.split()  # noqa: SIM905 - read as a list
)
DEEPEST: Final = 1
"""How many objects a field of a login may lie in: `{"user": {"email": …}}`."""

Field = tuple[tuple[str, ...], Schema]
"""The names that lead to a member of a body, and its schema."""


def plain(name: str) -> str:
    """A name without case and marks."""
    return "".join(each for each in name.lower() if each.isalnum())


def path_words(operation: Operation) -> frozenset[str]:
    """The words of the literal segments of a path; `sign-in` is also `signin`."""
    found: set[str] = set()
    for segment in operation.path.split("/"):
        if segment and not segment.startswith("{"):
            found |= {*words(segment), plain(segment)}
    return frozenset(found)


def all_words(operation: Operation) -> frozenset[str]:
    """Those of the path, and of the operationId where people wrote one."""
    return path_words(operation) | frozenset(words(operation.id or ""))


def body_schema(operation: Operation) -> Schema | None:
    """The schema of a body of JSON, else of a form; None where there is neither."""
    content = operation.body.content if operation.body else {}
    for name, media in content.items():
        if is_json(name):
            return media.schema
    return next((media.schema for name, media in content.items() if FORM in name.lower()), None)


def fields(spec: Spec, schema: Schema, *, depth: int = DEEPEST) -> Iterator[Field]:
    """Every member of an object, those of objects in it behind it."""
    known = properties(spec, schema)
    for name, inner in known.items():
        yield (name,), inner
    for name, inner in known.items():
        if depth > 0 and properties(spec, inner):
            yield from (((name, *at), each) for at, each in fields(spec, inner, depth=depth - 1))


def called(spec: Spec, schema: Schema, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The way to the text member that is called so, the likeliest name first; None for none."""
    known: dict[str, tuple[str, ...]] = {}
    for at, inner in fields(spec, schema):
        kinds = types(spec, inner)
        if not kinds or kinds & {"string", "integer"}:
            known.setdefault(plain(at[-1]), at)
    return next((known[plain(each)] for each in names if plain(each) in known), None)


def nested(at: tuple[str, ...], value: Any) -> dict[str, Any]:
    """``value`` in an object at that place."""
    for name in reversed(at):
        value = {name: value}
    return value if isinstance(value, dict) else {}


def joined(one: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both objects in one, member by member."""
    found = dict(one)
    for name, value in other.items():
        known = found.get(name)
        inside = isinstance(known, dict) and isinstance(value, Mapping)
        found[name] = joined(dict(known or {}), value) if inside else value
    return found


def answer_pointer(spec: Spec, operation: Operation, names: tuple[str, ...]) -> str:
    """JSON pointer to the member of an answer that is called so; empty where none is."""
    found = response_schema(spec, operation)
    at = called(spec, found[2], names) if found is not None else None
    return escaped(*at) if at is not None else ""


def required(spec: Spec, schema: Schema) -> frozenset[str]:
    """The members that an object must have."""
    return frozenset(
        str(name)
        for branch in branches(spec, schema)
        if isinstance(branch.get("required"), list)
        for name in branch["required"]
    )
