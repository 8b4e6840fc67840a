"""What may stand where in an OpenAPI document: so `$ref`s are told from data that looks alike."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from troth.spec.document import METHODS

ONE, LIST, MAP, SOME = "one", "list", "map", "one or list"

_CONTENT = {"content": ("media", MAP), "examples": ("example", MAP), "schema": ("schema", ONE)}
MEMBERS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "document": {
        "paths": ("path item", MAP),
        "webhooks": ("path item", MAP),
        "components": ("components", ONE),
    },
    "components": {
        "schemas": ("schema", MAP),
        "responses": ("response", MAP),
        "parameters": ("parameter", MAP),
        "examples": ("example", MAP),
        "requestBodies": ("body", MAP),
        "headers": ("header", MAP),
        "links": ("link", MAP),
        "callbacks": ("callback", MAP),
        "pathItems": ("path item", MAP),
        "mediaTypes": ("media", MAP),
    },
    "path item": {
        **dict.fromkeys(METHODS, ("operation", ONE)),
        "additionalOperations": ("operation", MAP),
        "parameters": ("parameter", LIST),
        "x-websocket": ("websocket", ONE),
    },
    "websocket": {
        "parameters": ("parameter", LIST),
        "send": ("schema", MAP),
        "receive": ("schema", MAP),
    },
    "operation": {
        "parameters": ("parameter", LIST),
        "requestBody": ("body", ONE),
        "responses": ("response", MAP),
        "callbacks": ("callback", MAP),
    },
    "callback": {},
    "parameter": _CONTENT,
    "header": _CONTENT,
    "body": {"content": ("media", MAP)},
    "response": {
        "content": ("media", MAP),
        "headers": ("header", MAP),
        "links": ("link", MAP),
    },
    "media": {
        "schema": ("schema", ONE),
        "itemSchema": ("schema", ONE),
        "examples": ("example", MAP),
        "encoding": ("encoding", MAP),
    },
    "encoding": {"headers": ("header", MAP)},
    "schema": {
        **dict.fromkeys(
            ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"),
            ("schema", MAP),
        ),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), ("schema", LIST)),
        **dict.fromkeys(
            (
                *("additionalProperties", "not", "if", "then", "else", "contains"),
                *("propertyNames", "unevaluatedItems", "unevaluatedProperties"),
                *("additionalItems", "contentSchema"),
            ),
            ("schema", ONE),
        ),
        "items": ("schema", SOME),
    },
    "example": {},
    "link": {},
}

SECTIONS: Mapping[str, str] = {
    kind: name for name, (kind, _) in MEMBERS["components"].items() if kind != "media"
}
"""Where a shared object of each kind belongs below ``/components``."""

Child = tuple[tuple[str, ...], str, Any]


def children(kind: str, node: Mapping[str, Any]) -> Iterator[Child]:
    """Steps, kind and value of the objects that stand directly in ``node``, well made or not."""
    if kind == "callback":
        for name, value in node.items():
            if not name.startswith("x-") and name != "$ref":
                yield (name,), "path item", value
        return
    for member, (inner, form) in MEMBERS[kind].items():
        if member not in node:
            continue
        value = node[member]
        if form == ONE or (form == SOME and not isinstance(value, list)):
            yield (member,), inner, value
        elif form == MAP and isinstance(value, Mapping):
            for name, each in value.items():
                if not (name.startswith("x-") and inner in {"path item", "response"}):
                    yield (member, name), inner, each
        elif form in {LIST, SOME} and isinstance(value, list):
            for index, each in enumerate(value):
                yield (member, str(index)), inner, each
        else:
            yield (member,), "", value  # Neither object nor list: `misplaced` says so.


def misplaced(kind: str, value: Any) -> str | None:
    """Why ``value`` can not be an object of ``kind``, or None."""
    if kind == "":
        return f"is {said(value)}, where a list or an object belongs"
    if isinstance(value, Mapping) or (kind == "schema" and isinstance(value, bool)):
        return None
    return f"is {said(value)}, where a {kind} belongs"


def said(value: Any) -> str:
    """The JSON type of a value, for people."""
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "a list" if isinstance(value, list) else "an object")


def rebuilt(
    kind: str, node: Any, change: Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
) -> Any:
    """A copy of ``node`` in which ``change`` has seen every object, the outer ones first."""
    if not isinstance(node, Mapping):
        return node
    own = dict(change(kind, node))
    copied: set[str] = set()
    for steps, inner, value in children(kind, own):
        new = rebuilt(inner, value, change) if inner else value
        if new is value:
            continue
        if len(steps) == 1:
            own[steps[0]] = new
            continue
        group = own[steps[0]]
        if steps[0] not in copied:
            group = own[steps[0]] = list(group) if isinstance(group, list) else dict(group)
            copied.add(steps[0])
        group[int(steps[1]) if isinstance(group, list) else steps[1]] = new
    return own


def escaped(*steps: str) -> str:
    """A JSON pointer of these steps (RFC 6901)."""
    return "".join("/" + each.replace("~", "~0").replace("/", "~1") for each in steps)


def pointer_of(ref: str) -> tuple[str, ...]:
    """The steps of a local reference such as ``#/components/schemas/Thing``."""
    fragment = unquote(ref.partition("#")[2])
    return tuple(each.replace("~1", "/").replace("~0", "~") for each in fragment.split("/")[1:])


def found(document: Any, steps: tuple[str, ...]) -> Any:
    """What stands there. Raises LookupError when nothing does."""
    for step in steps:
        if isinstance(document, list):
            if not (step.isascii() and step.isdigit()):
                raise LookupError(step)
            document = document[int(step)]
        elif isinstance(document, Mapping):
            document = document[step]
        else:
            raise LookupError(step)  # noqa: TRY004 - to the caller, nothing stands there
    return document
