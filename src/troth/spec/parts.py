"""Reads the parts of an operation: parameters, bodies, responses, examples."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from troth.spec.operation import Body, Link, Media, Parameter, ResponseSpec, Schema
from troth.spec.shape import said
from troth.spec.sound import Fault, Ground, Place

LOCATIONS = frozenset({"path", "query", "header", "cookie"})
TEMPLATE = re.compile(r"{([^{}]+)}")
# OpenAPI 3, Parameter Object: their definition "SHALL be ignored"; they are the Principal's.
_NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
_MEDIA_TYPE = re.compile(r"\s*[^/\s;,]+/[^/\s;,]+")
_STATUS = re.compile(r"[1-5](?:[0-9][0-9]|XX|xx)|default")


def parameters(ground: Ground, item: Place, operation: Place, path: str) -> tuple[Parameter, ...]:
    """Those of the path item, overridden by the operation's own; undeclared path ones added.

    A template variable that nothing declares is a required string: sloppy documents forget it,
    and the address can not be made without. Raises Fault.
    """
    merged = {
        **_declared(ground, item.at("parameters")),
        **_declared(ground, operation.at("parameters")),
    }
    variables = list(dict.fromkeys(TEMPLATE.findall(path)))
    declared = {each.name: each for each in merged.values() if each.location == "path"}
    forgotten = [name for name in variables if name not in declared]
    useless = [each for name, each in declared.items() if name not in variables]
    found = [each for each in merged.values() if each not in useless]
    for name in forgotten:
        # One misspelt name on either side: then what was declared is meant.
        meant = useless[0] if len(forgotten) == len(useless) == 1 else None
        schema: Schema = meant.schema if meant else {"type": "string", "minLength": 1}
        found.append(
            Parameter(
                name, "path", required=True, schema=schema, examples=meant.examples if meant else ()
            )
        )
    return tuple(found)


def _declared(ground: Ground, place: Place) -> dict[tuple[str, str], Parameter]:
    if place.value is None:
        return {}
    if not isinstance(place.value, list):
        raise Fault(place.pointer, f"it is {said(place.value)}; list the parameters")
    found: dict[tuple[str, str], Parameter] = {}
    for index in range(len(place.value)):
        parameter = _parameter(ground, place.at(str(index)))
        if parameter is None:
            continue
        name = parameter.name.lower() if parameter.location == "header" else parameter.name
        if (name, parameter.location) in found:
            raise Fault(
                place.pointer + f"/{index}",
                f"the {parameter.location} parameter `{parameter.name}` is declared twice; "
                "remove one of the two",
            )
        found[name, parameter.location] = parameter
    return found


def _parameter(ground: Ground, place: Place) -> Parameter | None:
    place = ground.resolved(place, "parameter")
    raw, name, location = place.value, place.value.get("name"), place.value.get("in")
    if not isinstance(name, str) or not name:
        raise Fault(place.pointer, "a parameter without a `name`; name it")
    if location == "querystring":
        return None  # 3.2: the whole query as one value; no name of its own.
    if not isinstance(location, str) or location not in LOCATIONS:
        kind = "absent" if location is None else f"`{location}`"
        hint = "; a body belongs in `requestBody`" if location in ("body", "formData") else ""
        raise Fault(
            place.pointer,
            f"the `in` of parameter `{name}` is {kind}; write path, query, header or cookie{hint}",
        )
    if location == "header" and name.lower() in _NOT_PARAMETERS:
        return None
    content = raw.get("content")
    if "schema" in raw:
        media = place
    elif isinstance(content, Mapping) and content:
        media = ground.resolved(place.at("content", next(iter(content))), "media type")
    else:
        raise Fault(
            place.pointer,
            f"parameter `{name}` has neither `schema` nor `content`; say what it may be",
        )
    return Parameter(
        name,
        location,
        location == "path" or raw.get("required") is True,
        media.value.get("schema", {}),
        tuple(unique([*examples(ground, place), *examples(ground, media)])),
        raw.get("deprecated") is True,
    )


def body(ground: Ground, place: Place) -> Body | None:
    """The request body, or None where there is none. Raises Fault."""
    if place.value is None:
        return None
    place = ground.resolved(place, "request body")
    content = contents(ground, place.at("content"))
    if content is None:
        raise Fault(place.pointer, "a request body without `content`; name its media types")
    return Body(place.value.get("required") is True, content) if content else None


def contents(ground: Ground, place: Place) -> dict[str, Media] | None:
    """Media types in the document's order, or None where none are given. Raises Fault."""
    if place.value is None:
        return None
    if not isinstance(place.value, Mapping):
        raise Fault(place.pointer, f"it is {said(place.value)}; map media types to schemas")
    found: dict[str, Media] = {}
    for name in place.value:
        if not _MEDIA_TYPE.match(name):
            raise Fault(
                place.at(name).pointer,
                f"`{name}` is no media type; write one such as `application/json`",
            )
        media = ground.resolved(place.at(name), "media type")
        order = media.value.get("x-event-order")
        found[name] = Media(
            media.value.get("schema", {}),
            tuple(examples(ground, media)),
            media.value.get("itemSchema"),
            order if isinstance(order, str) else "",
            _texts(media.value.get("x-event-break")),
        )
    return found


def _texts(value: Any) -> tuple[str, ...]:
    """One text, or a list of them; anything else says nothing."""
    listed = value if isinstance(value, list) else [value]
    return tuple(each for each in listed if isinstance(each, str))


def responses(
    ground: Ground, place: Place, labels: Mapping[str, str], *, optional: bool
) -> dict[str, ResponseSpec]:
    """The documented responses by status. Raises Fault.

    ``labels`` maps operationIds and references to operations to labels; links that lead to no
    operation are left out, as they are no part of what this operation promises.
    """
    if place.value is None and optional:
        return {}
    if not isinstance(place.value, Mapping):
        kind = "absent" if place.value is None else said(place.value)
        raise Fault(place.pointer, f"`responses` is {kind}; map each status to a response")
    found: dict[str, ResponseSpec] = {}
    for status in place.value:
        if status.startswith("x-"):
            continue
        if not _STATUS.fullmatch(status):
            raise Fault(
                place.at(status).pointer,
                f"`{status}` is no status; write a code such as 200, a range as 4XX, or default",
            )
        response = ground.resolved(place.at(status), "response")
        links = tuple(_links(ground, response.at("links"), labels))
        found[status] = ResponseSpec(
            status,
            contents(ground, response.at("content")) or {},
            {
                name: ground.resolved(response.at("headers", name), "header").value
                for name in _mapping(response.at("headers"))
            },
            links,
            str(response.value.get("description") or ""),
        )
    return found


def _links(ground: Ground, place: Place, labels: Mapping[str, str]) -> Iterator[Link]:
    for name in _mapping(place):
        raw = ground.resolved(place.at(name), "link").value
        label = labels.get(str(raw.get("operationId"))) or labels.get(str(raw.get("operationRef")))
        given = raw.get("parameters")
        if label is None:
            continue
        texts = {
            str(key): value if isinstance(value, str) else json.dumps(value)
            for key, value in (given if isinstance(given, Mapping) else {}).items()
        }
        yield Link(name, label, texts, raw.get("requestBody"))


def _mapping(place: Place) -> Iterable[str]:
    if place.value is None:
        return ()
    if not isinstance(place.value, Mapping):
        raise Fault(place.pointer, f"it is {said(place.value)}; map names to descriptions")
    return list(place.value)


def examples(ground: Ground, place: Place) -> Iterator[Any]:
    """``example``, ``examples`` and those at the top of the schema, each once. Raises Fault."""

    def all_of_them() -> Iterator[Any]:
        raw = place.value
        if "example" in raw:
            yield raw["example"]
        for name in _mapping(place.at("examples")):
            example = ground.resolved(place.at("examples", name), "example").value
            for key in ("value", "dataValue"):
                if key in example:
                    yield example[key]
        if not isinstance(raw.get("schema"), Mapping):
            return
        schema = ground.resolved(place.at("schema"), "schema").value
        if "example" in schema:
            yield schema["example"]
        if isinstance(schema.get("examples"), list):
            yield from schema["examples"]

    yield from unique(all_of_them())


def unique(values: Iterable[Any]) -> Iterator[Any]:
    """Each JSON value once; 1, 1.0 and true differ."""
    seen: set[str] = set()
    for value in values:
        text = json.dumps(value, sort_keys=True, default=str)
        if text not in seen:
            seen.add(text)
            yield value
