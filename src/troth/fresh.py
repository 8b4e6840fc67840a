"""Replaces what may have to be unique in a body by what was not used before."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from troth.case import Values
from troth.spec.operation import Operation, Schema, Spec
from troth.spec.schema import branches, properties

if TYPE_CHECKING:
    from troth.world import World

# Nobody asks that a password be unique; where it must be a certain one, another is refused.
_SECRET = re.compile(
    r"pass(word|wd|code|phrase)?$|^(password|passwd|passphrase)|secret|(^|[-_])(otp|pin)$"
    r"|(?<=[a-z])(Otp|Pin)$"
)
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
    else:
        yield from (f"{value[:20]}-{salt}{number}", f"troth{salt}{number}", f"t{number}")
