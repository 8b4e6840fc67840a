"""Reads a bundled document into operations; the ones it describes badly are set aside."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from troth.spec.document import METHODS
from troth.spec.operation import BrokenOperation, Operation, Scheme
from troth.spec.parts import body, parameters, responses
from troth.spec.shape import escaped, said
from troth.spec.sound import Fault, Ground, Place

# As generators and people write it: drf-spectacular's words, and an example of the whole header.
_PREFIX = re.compile(
    r"""prefix\s+["'`]?([A-Za-z][\w-]*)|\b(Token|JWT|Bearer|Api-?Key|Key|Basic)\s+[<{\[]?(?=x{3}|[<{\[]|your)"""
)


def read(ground: Ground, version: str) -> tuple[tuple[Operation, ...], tuple[BrokenOperation, ...]]:
    """All operations of the document, the sound ones and the broken ones."""
    sound: list[Operation] = []
    broken: list[BrokenOperation] = []
    places = list(_operations(ground, broken))
    labels = _labels(places)
    for path, method, item, place in places:
        label = f"{method} {path}"
        try:
            sound.append(_operation(ground, version, (path, method), item, place, labels=labels))
        except Fault as fault:
            broken.append(BrokenOperation(label, fault.pointer, fault.message))
    return tuple(sound), tuple(broken)


def _operations(
    ground: Ground, broken: list[BrokenOperation]
) -> Iterator[tuple[str, str, Place, Place]]:
    """Path, method, path item and operation of each operation."""
    paths = Place(ground.document["paths"], "/paths")
    for path in paths.value:
        if path.startswith("x-"):
            continue
        item = paths.at(path)
        if not isinstance(item.value, Mapping):
            why = f"it is {said(item.value)}; map methods to operations"
            broken.append(BrokenOperation(f"* {path}", item.pointer, why))
            continue
        if isinstance(item.value.get("$ref"), str):
            # Bundling puts path items in place; what is left leads nowhere.
            try:
                ground.target(item.value["$ref"], item.pointer + "/$ref")
                why = f"`{item.value['$ref']}` can not be followed; describe the path in its place"
            except Fault as fault:
                why = fault.message
            broken.append(BrokenOperation(f"* {path}", item.pointer + "/$ref", why))
        for method in METHODS:
            if method in item.value:
                yield path, method.upper(), item, item.at(method)
        more = item.value.get("additionalOperations")
        for method in more if isinstance(more, Mapping) else ():
            yield path, method, item, item.at("additionalOperations", method)


def _labels(places: list[tuple[str, str, Place, Place]]) -> dict[str, str]:
    """Labels by operationId and by the ways in which a link refers to an operation."""
    found: dict[str, str] = {}
    for path, method, _, place in places:
        label = f"{method} {path}"
        if isinstance(place.value, Mapping) and isinstance(place.value.get("operationId"), str):
            found.setdefault(place.value["operationId"], label)
        found["#" + place.pointer] = label
        found["#" + quote(place.pointer, safe="/~")] = label
    return found


def _operation(
    ground: Ground,
    version: str,
    name: tuple[str, str],
    item: Place,
    place: Place,
    *,
    labels: Mapping[str, str],
) -> Operation:
    (path, method), raw = name, place.value
    if not isinstance(raw, Mapping):
        raise Fault(place.pointer, f"it is {said(raw)}; describe the operation in an object")
    if not path.startswith("/"):
        raise Fault(item.pointer, f"the path `{path}` does not begin with `/`; write `/{path}`")
    ground.check(place, "operation")
    shared = item.value.get("parameters")
    for index in range(len(shared) if isinstance(shared, list) else 0):
        ground.check(item.at("parameters", str(index)), "parameter")
    identity = raw.get("operationId")
    return Operation(
        label=f"{method} {path}",
        method=method,
        path=path,
        id=str(identity) if identity else None,
        tags=tuple(tag for tag in _listed(raw.get("tags")) if isinstance(tag, str)),
        parameters=parameters(ground, item, place, path),
        body=body(ground, place.at("requestBody")),
        responses=responses(
            ground, place.at("responses"), labels, optional=not version.startswith("3.0")
        ),
        security=security(ground, place),
        deprecated=raw.get("deprecated") is True,
        summary=str(raw.get("summary") or ""),
        raw=raw,
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def security(ground: Ground, place: Place) -> tuple[tuple[str, ...], ...]:
    """The operation's own alternatives, else the document's; ``()`` where there are none."""
    if "security" not in place.value:
        place = Place(ground.document, "")
    place = place.at("security")
    if place.value is None:
        return ()
    if not isinstance(place.value, list) or not all(
        isinstance(each, Mapping) for each in place.value
    ):
        raise Fault(place.pointer, "`security` is not a list of objects; list the alternatives")
    return tuple(tuple(str(name) for name in each) for each in place.value)


def schemes(ground: Ground) -> dict[str, Scheme]:
    """The security schemes by name; malformed ones are left out."""
    found: dict[str, Scheme] = {}
    components = ground.document.get("components")
    listed = components.get("securitySchemes") if isinstance(components, Mapping) else None
    place = Place(listed, escaped("components", "securitySchemes"))
    for name in listed if isinstance(listed, Mapping) else ():
        try:
            raw = ground.resolved(place.at(name), "security scheme").value
        except Fault:
            continue  # Nothing of an operation depends on it: its name alone is looked at.
        found[name] = Scheme(
            name=name,
            kind=str(raw.get("type") or ""),
            location=str(raw.get("in") or ""),
            key=str(raw.get("name") or ""),
            scheme=str(raw.get("scheme") or "").lower(),
            prefix=_prefix(raw) if raw.get("type") == "apiKey" else "",
            flows=_flows(raw.get("flows")),
        )
    return found


def _prefix(raw: Mapping[str, Any]) -> str:
    """What its description wants before the key: `required prefix "Token"`, or `Token <key>`."""
    said = _PREFIX.search(str(raw.get("description") or ""))
    return (said[1] or said[2]) + " " if said else ""


def _flows(value: Any) -> dict[str, str]:
    flows = value.items() if isinstance(value, Mapping) else ()
    return {
        str(name): each["tokenUrl"]
        for name, each in flows
        if isinstance(each, Mapping) and isinstance(each.get("tokenUrl"), str)
    }


def base_path(document: Mapping[str, Any], home: str) -> str:
    """The path of the first server, variables at their defaults; relative to an http ``home``."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, Mapping) else None
    # An empty one is a reference to the document itself; who writes it means no base path.
    if not isinstance(first, Mapping) or not isinstance(url, str) or not url.strip():
        return ""
    variables = first.get("variables")
    for name, variable in (variables if isinstance(variables, Mapping) else {}).items():
        if isinstance(variable, Mapping) and "default" in variable:
            url = url.replace("{" + name + "}", str(variable["default"]))
    # The host may still hold variables, which `urlsplit` would stumble over.
    path, hosts = re.subn(r"^(?:[^/?#]*:)?//[^/?#]*", "", url)
    if not hosts:
        path = urlsplit(urljoin(home if home.startswith("http") else "/", path)).path
    path = path.partition("?")[0].partition("#")[0].rstrip("/")
    return path if path.startswith("/") or not path else f"/{path}"
