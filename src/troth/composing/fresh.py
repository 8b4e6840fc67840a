"""Replaces what may have to be unique in a body by what was not used before."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from troth.case import Values
from troth.spec.operation import Operation, Schema, Spec
from troth.spec.schema import branches, is_json, properties, resolve, types

if TYPE_CHECKING:
    from troth.world import World

# Nobody asks that a password be unique; where it must be a certain one, another is refused.
_SECRET = re.compile(
    r"pass(word|wd|code|phrase)?$|^(password|passwd|passphrase)|secret|(^|[-_])(otp|pin)$"
    r"|(?<=[a-z])(Otp|Pin)$"
)
_ADDRESS = re.compile(r"https?://[^/?#]+[^?#]*$")
_MADE = frozenset({"email", "idn-email", "uuid"})
"""Formats that a new value can be made for; of the others there is none that is surely valid."""


def freshened(world: "World", operation: Operation, values: Values) -> Values:
    """``values`` with free strings of the body replaced by ones not used before."""
    target = world.target
    media = operation.body.content.get(values.media_type or "") if operation.body else None
    if media is None or target.told(operation).body is not None:
        return values
    if not isinstance(values.body, Mapping):
        return values
    body = dict(values.body)
    references = target.references(operation)
    described = properties(target.spec, media.schema)
    for name, value in body.items():
        if not isinstance(value, str) or f"/{name}" in references:
            continue
        formats = free(target.spec, name, described.get(name, {}))
        if formats is None:
            continue
        number = target.memory.next_fresh()
        for text in texts(value, formats, number, target.salt):
            changed = {**body, name: text}
            if target.validity.violations(media.schema, changed) == ():
                body = changed
                break
    return replace(values, body=body)


def spelled(world: "World", operation: Operation, values: Values) -> Values:
    """``values`` with texts that nothing else has, in the body's free strings that may be left out
    and are: a body without any text shows nothing of who sent it.
    """
    target, content = world.target, operation.body.content if operation.body is not None else {}
    media = values.media_type or next((each for each in content if is_json(each)), "")
    if media not in content or not is_json(media) or target.told(operation).body is not None:
        return values
    schema, references = content[media].schema, target.references(operation)
    body = dict(values.body) if isinstance(values.body, Mapping) else {}
    for name, each in properties(target.spec, schema).items():
        readable = not resolve(target.spec, each).get("readOnly") and f"/{name}" not in references
        if not readable or body.get(name) or types(target.spec, each) != {"string"}:
            continue
        if free(target.spec, name, each) != frozenset():
            continue
        text = f"troth{target.salt}{target.memory.next_fresh()}"
        if target.validity.violations(schema, {**body, name: text}) == ():
            body[name] = text
    return replace(values, body=body, media_type=media) if body else values


def free(spec: Spec, name: str, schema: Schema) -> frozenset[str] | None:
    """The formats of a member that another text may stand in, None for one that is to stay.

    Secrets stay, and what the schema enumerates or gives a format that we make no values of.
    """
    if _SECRET.search(name) or _SECRET.search(name.lower()):
        return None
    formats: set[str] = set()
    for branch in branches(spec, schema):
        if branch.get("writeOnly") is True or {"enum", "const"} & branch.keys():
            return None
        given: Any = branch.get("format")
        if isinstance(given, str):
            formats.add(given.lower())
    return frozenset(formats) if formats <= _MADE else None


def texts(value: str, formats: frozenset[str], number: int, salt: str) -> Iterator[str]:
    """Texts like ``value`` that were not used before, the likeliest to be valid first."""
    if "uuid" in formats:
        yield str(UUID(int=int(f"{salt or 0}{number:06}") % (1 << 128), version=4))
    elif "@" in value or formats:
        yield f"troth{salt}{number}@example.com"
    elif _ADDRESS.match(value):
        yield f"{value.rstrip('/')}/troth{salt}{number}"
    else:
        yield from (f"{value[:20]}-{salt}{number}", f"troth{salt}{number}", f"t{number}")


def named_anew(world: "World", operation: Operation, values: Values) -> tuple[Values, list[str]]:
    """``values`` with what may have to be unique made new, and the sources of that."""
    made = freshened(world, operation, values)
    if made == values or not isinstance(made.body, Mapping) or not isinstance(values.body, Mapping):
        return values, []
    changed = {name: each for name, each in made.body.items() if each != values.body.get(name)}
    sources = [
        f"body#/{name} <- new {str(each).partition('@')[0]}" for name, each in changed.items()
    ]
    return made, sources
