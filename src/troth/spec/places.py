"""The places in an operation that may need an existing id: parameters and members of the body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from troth.spec.naming import referring, singular, thing, things, version, words
from troth.spec.operation import Operation, Schema, Spec
from troth.spec.parts import TEMPLATE
from troth.spec.schema import is_json, items, properties, resolve, types
from troth.spec.shape import escaped

VERBS = frozenset({"create", "new", "add", "register", "signup", "sign-up", "insert"})
OWN = frozenset({"me", "self", "current", "whoami", "mine", "profile"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that may refer to a thing; ``kinds`` of thing it may mean, the likeliest first."""

    operation: Operation
    location: str
    name: str  # the parameter's name, or the JSON pointer into the body
    leaf: str  # the bare name
    types: frozenset[str]
    kinds: tuple[str, ...]
    required: bool
    before: str | None = None  # path parameters: the template up to the parameter, normalised


def normalised(path: str) -> str:
    """A template without the names of its parameters and without a trailing slash."""
    return TEMPLATE.sub("{}", path).rstrip("/")


def kind_of(path: str) -> str:
    """The kind of thing that a collection's path is called after: its last literal segment."""
    for segment in reversed(path.rstrip("/").split("/")):
        if not segment or "{" in segment:
            continue
        if segment.lower() in VERBS | OWN or version(segment):
            continue
        return thing(segment)
    return ""


def collection(path: str) -> str:
    """The collection that a creating operation adds to: the path without a verb at its end."""
    plain = path.rstrip("/")
    head, _, last = plain.rpartition("/")
    return head if last.lower() in VERBS and head else plain


def in_path(spec: Spec, operation: Operation) -> Iterator[Spot]:
    """Its path parameters, outermost first; not those with a fixed set of values.

    An example does not settle it: `example: 1` is on every path parameter of many documents,
    and what a producer answers exists. `troth.composing.references` falls back to the example.
    """
    declared = {each.name: each for each in operation.parameters if each.location == "path"}
    for match in TEMPLATE.finditer(operation.path):
        parameter = declared.get(match[1])
        if parameter is None or _fixed(spec, parameter.schema):
            continue
        kinds = types(spec, parameter.schema)
        if kinds and not kinds & {"string", "integer"}:
            continue
        before = operation.path[: match.start()]
        # `/things/{id}`: a thing. `/things/by-slug/{slug}`: looked for by name alone.
        own = kind_of(before)
        found = referring(match[1])
        named = things(found[0]) if found else (singular("".join(words(match[1]))),)
        listed = tuple(dict.fromkeys([*named, own] if found and found[0] else [own, *named]))
        yield Spot(
            operation,
            "path",
            match[1],
            match[1],
            kinds,
            tuple(each for each in listed if each),
            required=True,
            before=normalised(before) if before.endswith("/") else None,
        )


def elsewhere(
    spec: Spec, operation: Operation, told: frozenset[str] = frozenset()
) -> Iterator[Spot]:
    """Query and header parameters, and members of a JSON body one level deep.

    Those whose names are of ids, and those that are ``told``.
    """
    for parameter in operation.parameters:
        if parameter.location in {"query", "header"}:
            yield from _spots(
                spec,
                operation,
                parameter.location,
                {parameter.name: parameter.schema},
                {parameter.name} if parameter.required else set(),
                told=told,
            )
    if operation.body is None:
        return
    for media_type, media in operation.body.content.items():
        if not is_json(media_type):
            continue
        needed = required(spec, media.schema)
        known = properties(spec, media.schema)
        yield from _spots(spec, operation, "body", known, needed, told=told)
        for name, schema in known.items():
            element = items(spec, schema)
            prefix = escaped(name) if element is None else escaped(name, "0")
            inner = properties(spec, schema if element is None else element)
            inside = required(spec, schema if element is None else element)
            yield from _spots(
                spec,
                operation,
                "body",
                inner,
                inside if name in needed else set(),
                prefix=prefix,
                told=told,
            )
        return


def required(spec: Spec, schema: Schema) -> set[str]:
    """The properties that an object must have, by the schema itself and its allOf."""
    own = resolve(spec, schema)
    listed = own.get("required")
    found = {each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, str)}
    every = own.get("allOf")
    for each in every if isinstance(every, list) else ():
        if isinstance(each, Mapping):
            inner = resolve(spec, each).get("required")
            found |= {name for name in (inner if isinstance(inner, list) else ()) if name}
    return found


def _spots(
    spec: Spec,
    operation: Operation,
    location: str,
    known: Mapping[str, Schema],
    needed: set[str],
    *,
    prefix: str = "",
    told: frozenset[str],
) -> Iterator[Spot]:
    for name, schema in known.items():
        if _fixed(spec, schema) or resolve(spec, schema).get("readOnly") is True:
            continue
        found, kinds = referring(name), types(spec, schema)
        element = items(spec, schema) if "array" in kinds else None
        kinds = types(spec, element) if element is not None else kinds
        text = resolve(spec, element if element is not None else schema)
        if name in told or prefix + escaped(name) in told:
            owner: tuple[str, ...] = found[0] if found else ()
        elif found is None and (text.get("format") == "uuid" or kinds == {"integer"}):
            owner = words(name)  # `customer`, which holds the id of one, if there are customers
        elif found is None or not found[0]:
            continue
        else:
            owner = found[0]
        if kinds and not kinds & {"string", "integer"}:
            continue
        pointer = prefix + escaped(name) + ("/0" if element is not None else "")
        yield Spot(
            operation,
            location,
            pointer if location == "body" else name,
            name,
            kinds,
            things(owner),
            required=name in needed,
        )


def _fixed(spec: Spec, schema: Schema) -> bool:
    """Whether the schema names the values themselves."""
    return bool({"enum", "const"} & set(resolve(spec, schema)))
