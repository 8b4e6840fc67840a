"""Looks into schemas without being caught in their cycles."""

from collections.abc import Iterator, Mapping
from typing import Any

from troth.spec.operation import Operation, Schema, Spec
from troth.spec.shape import found, pointer_of

LONGEST_CHAIN = 32


def resolve(spec: Spec, schema: Schema) -> Mapping[str, Any]:
    """The schema itself where it is a reference; its siblings count, except in 3.0.

    ``true`` is ``{}`` and ``false`` is ``{"not": {}}``; so is a reference that leads nowhere
    ``{}``, as nothing is known of it.
    """
    siblings: dict[str, Any] = {}
    for _ in range(LONGEST_CHAIN):
        if isinstance(schema, bool):
            schema = {} if schema else {"not": {}}
        if not isinstance(schema, Mapping):
            return siblings
        ref = schema.get("$ref")
        if not isinstance(ref, str):
            return {**schema, **siblings} if siblings else schema
        if not spec.openapi.startswith("3.0"):
            own = {name: value for name, value in schema.items() if name != "$ref"}
            siblings = {**own, **siblings}
        if not ref.startswith("#"):
            return siblings
        try:
            schema = found(spec.document, pointer_of(ref))
        except (LookupError, IndexError):
            return siblings
    return siblings


def component(schema: Schema) -> str:
    """The name of the component that ``schema`` refers to; empty when it is written in place."""
    ref = schema.get("$ref") if isinstance(schema, Mapping) else None
    return pointer_of(ref)[-1] if isinstance(ref, str) and pointer_of(ref) else ""


def branches(spec: Spec, schema: Schema) -> Iterator[Mapping[str, Any]]:
    """The schema and all that it combines by allOf, oneOf and anyOf, each resolved, each once."""
    yield from _branches(spec, schema, set())


def _branches(spec: Spec, schema: Schema, seen: set[int]) -> Iterator[Mapping[str, Any]]:
    # A reference is known by its target: resolving may make a new object each time.
    own = resolve(spec, schema)
    key = hash(ref) if isinstance(schema, Mapping) and (ref := schema.get("$ref")) else id(own)
    if key in seen:
        return
    seen.add(key)
    yield own
    for word in ("allOf", "oneOf", "anyOf"):
        inner = own.get(word)
        for each in inner if isinstance(inner, list) else ():
            yield from _branches(spec, each, seen)


def properties(spec: Spec, schema: Schema) -> dict[str, Schema]:
    """Properties of the schema and its branches by name; the first that names one describes it."""
    merged: dict[str, Schema] = {}
    for branch in branches(spec, schema):
        own = branch.get("properties")
        for name, value in (own if isinstance(own, Mapping) else {}).items():
            merged.setdefault(name, value)
    return merged


def requires(spec: Spec, schema: Schema) -> bool:
    """Whether the schema says of any member that it must be there."""
    return any(branch.get("required") for branch in branches(spec, schema))


def items(spec: Spec, schema: Schema) -> Schema | None:
    """The schema of the elements of an array; None when it describes none."""
    for branch in branches(spec, schema):
        for word in ("items", "prefixItems"):
            inner = branch.get(word)
            if isinstance(inner, list) and inner:
                inner = inner[0]
            if isinstance(inner, Mapping | bool):
                return inner
    return None


def types(spec: Spec, schema: Schema) -> frozenset[str]:
    """The JSON types that the schema speaks of; empty when it leaves the type open."""
    found_: set[str] = set()
    for branch in branches(spec, schema):
        kind = branch.get("type")
        found_ |= {kind} if isinstance(kind, str) else set(kind or ())
        if "properties" in branch:
            found_.add("object")
    return frozenset(found_)


def is_json(media_type: str) -> bool:
    """Whether bodies of this media type are JSON; ``*/*`` counts, as Spring writes it for JSON."""
    plain = media_type.split(";", maxsplit=1)[0].strip().lower()
    return plain in {"application/json", "*/*", "application/*", "text/json"} or plain.endswith(
        "+json"
    )


def response_schema(spec: Spec, operation: Operation) -> tuple[str, str, Schema] | None:
    """Status, media type and schema of the first documented 2xx in JSON, or None.

    ``default`` counts where it is all that is documented.
    """
    _ = spec
    good = [each for each in operation.responses.values() if each.status.startswith("2")]
    if not good and set(operation.responses) == {"default"}:
        good = list(operation.responses.values())
    for response in good:
        for media_type, media in response.content.items():
            if is_json(media_type):
                return response.status, media_type, media.schema
    return None
