"""Composes an example of a schema from those of its fields, so that none is written twice."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from troth.reference.glossary import WORDS

MOMENT = "2026-01-15T09:30:00Z"
Schema = Mapping[str, Any]


def sample(schema: Schema, components: Mapping[str, Schema], name: str = "") -> Any:
    """One value of `schema`, which stands under `name`; LookupError where nothing settles it.

    What the schema itself says comes first, then what the glossary says of such a name.
    """
    if "$ref" in schema:
        return sample(components[schema["$ref"].rpartition("/")[2]], components, name)
    for word in ("examples", "enum"):
        if schema.get(word):
            return deepcopy(schema[word][0])
    for word in ("example", "const"):
        if word in schema:
            return deepcopy(schema[word])
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        null = [each for each in branches if each.get("type") == "null"]
        if null and WORDS.get(name, "") is None:
            return None
        return sample(next(each for each in branches if each not in null), components, name)
    if schema.get("format") == "uuid":
        return identifier(name)
    if schema.get("format") == "date-time":
        return MOMENT
    return _plain(schema, components, name)


def identifier(name: str) -> str:
    """The id that all examples have of whatever goes by `name`."""
    return str(uuid5(NAMESPACE_URL, f"urn:troth:example:{name}"))


def _plain(schema: Schema, components: Mapping[str, Schema], name: str) -> Any:
    match schema.get("type"):
        case "object":
            return _object(schema, components, name)
        case "array":
            items = [sample(schema["items"], components, name)]
            return items * max(1, int(schema.get("minItems", 1)))
        case "boolean":
            return True
        case "integer" | "number":
            number = WORDS.get(name)
            return number if isinstance(number, int) else max(1, int(schema.get("minimum", 1)))
        case _ if name in WORDS:
            return deepcopy(WORDS[name])
    raise LookupError(f"no example of `{name}`: give its field one, or the glossary a word")


def _object(schema: Schema, components: Mapping[str, Schema], name: str) -> Any:
    properties = schema.get("properties")
    if properties is not None:
        return {each: sample(inner, components, each) for each, inner in properties.items()}
    if name in WORDS:
        return deepcopy(WORDS[name])
    inner = schema.get("additionalProperties")
    if isinstance(inner, Mapping):
        return {WORDS["key"]: sample(inner, components, name)}
    return {}
