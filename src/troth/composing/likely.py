"""Values that a name suggests: an address for `email`, a date for `dueDate`.

Many documents say `string` of everything. What they mean stands in the names, and a service that
looks closer than its document refuses the rest.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from troth.spec.naming import words
from troth.spec.operation import Operation, Schema
from troth.spec.schema import branches, properties, types

if TYPE_CHECKING:
    from troth.target import Target

PASSWORD: Final = "Troth-9-enough!"  # noqa: S105 - of nobody
"""Long, of all kinds of characters: what rules of composition ask for."""
# The last of a name's words that is known decides; what is unknown stays as it is.
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("{fresh}@example.com",),
    "mail": ("{fresh}@example.com",),
    "password": (PASSWORD,),
    "passwd": (PASSWORD,),
    "url": ("https://example.com/{fresh}",),
    "uri": ("https://example.com/{fresh}",),
    "website": ("https://example.com/",),
    "homepage": ("https://example.com/",),
    "link": ("https://example.com/",),
    "phone": ("+14155550132",),
    "mobile": ("+14155550132",),
    "date": ("2030-01-15", "2030-01-15T12:00:00Z"),
    "birthday": ("1990-01-15",),
    "day": ("2030-01-15",),
    "time": ("2030-01-15T12:00:00Z", "12:00:00"),
    "datetime": ("2030-01-15T12:00:00Z",),
    "timestamp": ("2030-01-15T12:00:00Z",),
    "at": ("2030-01-15T12:00:00Z",),
    "country": ("US",),
    "currency": ("EUR",),
    "language": ("en",),
    "lang": ("en",),
    "locale": ("en-US",),
    "timezone": ("UTC",),
    "tz": ("UTC",),
    "color": ("#336699",),
    "colour": ("#336699",),
    "ip": ("192.0.2.1",),
    "zip": ("94105",),
    "postcode": ("94105",),
    "postal": ("94105",),
    "state": ("CA",),
    "city": ("Berlin",),
    "gender": ("female",),
    "uuid": ("00000000-0000-4000-8000-000000000001",),
    "username": ("{fresh}",),
    "login": ("{fresh}",),
    "slug": ("{fresh}",),
    "handle": ("{fresh}",),
    "name": ("Ann {fresh}",),
    "title": ("Title {fresh}",),
    "description": ("Words on it.",),
    "text": ("Words on it.",),
    "content": ("Words on it.",),
    "body": ("Words on it.",),
    "comment": ("Words on it.",),
    "message": ("Words on it.",),
    "version": ("1.0.0",),
}
_SPACES: Final = re.compile(r"\s+")


def texts(name: str, fresh: str) -> Iterator[str]:
    """What may stand in a member called so, the likeliest first; nothing for a name unknown."""
    for word in reversed(words(name)):
        for each in _TEXTS.get(word, ()):
            yield each.replace("{fresh}", fresh)


def value_for(target: "Target", name: str, schema: Schema, *, fresh: str) -> Any:
    """A value for a member that has none: by its name, else the plainest of its type."""
    kinds = types(target.spec, schema)
    for branch in branches(target.spec, schema):
        for word in ("enum", "examples"):
            if isinstance(branch.get(word), list) and branch[word]:
                return branch[word][0]
        for word in ("const", "example", "default"):
            if branch.get(word) is not None:
                return branch[word]
    if not kinds or "string" in kinds:
        return next(texts(name, fresh), f"text-{fresh}")
    if kinds & {"integer", "number"}:
        return 1
    if "boolean" in kinds:
        return True
    return [] if "array" in kinds else {}


def whole(target: "Target", schema: Schema) -> dict[str, Any]:
    """A body with all texts and numbers that the schema has a name for, and whatever it says a
    value of; empty where it has none.
    """
    body: dict[str, Any] = {}
    for name, each in properties(target.spec, schema).items():
        own = list(branches(target.spec, each))
        said = {word for branch in own for word in branch}
        plain = types(target.spec, each) & {"string", "integer", "number"} or not said
        if any(branch.get("readOnly") for branch in own):
            continue
        if plain or said & {"enum", "const", "example", "examples", "default"}:
            fresh = f"t{target.salt}{target.memory.next_fresh()}"
            changed = {**body, name: value_for(target, name, each, fresh=fresh)}
            body = changed if target.validity.violations(schema, changed) == () else body
    return body


def suggested(target: "Target", operation: Operation, body: Any, media_type: str | None) -> Any:
    """``body`` with the texts of its members as their names suggest, as far as they are valid."""
    media = operation.body.content.get(media_type or "") if operation.body else None
    if media is None or not isinstance(body, Mapping):
        return body
    made = dict(body)
    references = target.references(operation)
    described = properties(target.spec, media.schema)
    for name, value in body.items():
        if not isinstance(value, str) or f"/{name}" in references:
            continue
        if any(
            {"enum", "const"} & each.keys()
            for each in branches(target.spec, described.get(name, {}))
        ):
            continue
        fresh = f"t{target.salt}{target.memory.next_fresh()}"
        for text in texts(name, fresh):
            changed = {**made, name: text}
            if target.validity.violations(media.schema, changed) == ():
                made = changed
                break
    return made
