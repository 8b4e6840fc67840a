"""Hostile values and hostile bodies: each has broken a real service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from troth.case import NO_BODY, Case, Fault, Values
from troth.faults import json_like
from troth.spec.operation import Operation
from troth.spec.place import with_value

MOST_PLACES = 12
"""Places of one body that are tried: a form of a hundred fields would take all the time."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A value and why it is hostile. ``text`` says whether it can stand in a URL or header."""

    kind: str
    value: Any
    text: bool = True


VALUES: tuple[Hostile, ...] = (
    # The order matters: a profile that samples takes the first.
    Hostile("a NUL byte", "a\x00b"),
    Hostile("a number beyond 64 bits", 10**30),
    Hostile("a lone surrogate", "a\ud800b", text=False),
    Hostile("an over-long string (5 000)", "a" * 5000),
    Hostile("2^63", 2**63),
    Hostile("2^31", 2**31),
    Hostile("an empty string", ""),
    Hostile("a blank string", " \t "),
    Hostile("a number where anything else may be", -1),
    Hostile("NaN", float("nan"), text=False),
    Hostile("Infinity", float("inf"), text=False),
    Hostile("null", None, text=False),
    Hostile("an object", {"a": {"b": []}}, text=False),
    Hostile("an array", [[], {}, None], text=False),
    Hostile("a boolean", True),
    Hostile("a string of 65", "a" * 65),
    Hostile("a string of 256", "a" * 256),
    Hostile("an over-long string (100 000)", "a" * 100_000, text=False),
    Hostile("a date before the calendar", "0000-00-00T00:00:00Z"),
    Hostile("a date at the end of the calendar", "9999-12-31T23:59:60+14:00"),
    Hostile("a cursor that is none", "bm90LWEtY3Vyc29y"),
    Hostile("a template", "{{7*7}}${7*7}%s%n"),
    Hostile("quotes and comments", "'\"`;--/*\\"),
    Hostile("a path upwards", "../../../../etc/passwd"),
    Hostile("text right to left and astral", "\u202eabc\U0001f600\u0000"[:-1]),
    Hostile("a percent sign that encodes nothing", "%zz%"),
)

BODIES: tuple[tuple[str, bytes], ...] = (
    ("malformed JSON", b'{"a": '),
    ("a body that is not an object", b"[1, 2, 3]"),
    ("a body that is not UTF-8", b'{"a": "\xff\xfe\x80"}'),
    ("deep nesting", b"[" * 20_000 + b"]" * 20_000),
    ("duplicate keys", b'{"a": 1, "a": 2, "a": null}'),
    ("an empty body", b""),
    ("a bare null", b"null"),
    ("a bare number", b"1e400"),
    ("a NUL byte as body", b"\x00"),
    ("a byte order mark", b"\xef\xbb\xbf{}"),
)

HEADERS: tuple[tuple[str, str, str], ...] = (
    ("a non-ASCII header", "X-Troth", "caf\u00e9"),
    ("an Accept that is none", "Accept", ";;;q=x"),
    ("a Range that is none", "Range", "bytes=9-1,abc"),
    ("an If-Modified-Since that is none", "If-Modified-Since", "yesterday"),
    ("a Cookie that is none", "Cookie", "=;;=;a"),
)


def hostile_values(operation: Operation, base: Values) -> Iterator[tuple[Values, Fault]]:
    """``base`` with one hostile value in one place; first every kind once, then everywhere."""
    places = list(_places(operation, base))
    if not places:
        return
    for turn in range(len(places)):
        for index, hostile in enumerate(VALUES):
            location, name = places[(index + turn) % len(places)]
            if location != "body" and not hostile.text:
                continue
            yield _put(base, location, name, hostile)


def hostile_requests(operation: Operation, base: Case) -> Iterator[Case]:
    """``base`` with a body or header that no generator of values would make."""
    if operation.body is not None and base.values.body is not NO_BODY:
        for kind, body in BODIES if json_like(base.values.media_type) else BODIES[5:6]:
            yield replace(base, body=body, fault=Fault("body", "", kind, kind))
        undeclared = tuple(
            (name, "application/x-troth" if name.lower() == "content-type" else value)
            for name, value in base.headers
        )
        kind = "an undeclared Content-Type"
        yield replace(base, headers=undeclared, fault=Fault("media-type", "", kind, kind))
    for kind, name, value in HEADERS:
        yield replace(
            base, headers=(*base.headers, (name, value)), fault=Fault("header", name, kind, kind)
        )


def _places(operation: Operation, base: Values) -> Iterator[tuple[str, str]]:
    if isinstance(base.body, Mapping):
        yield from (("body", f"/{name}") for name in list(base.body)[:MOST_PLACES])
    for parameter in operation.parameters:
        if parameter.location in {"query", "path"}:
            yield parameter.location, parameter.name


def _put(base: Values, location: str, name: str, hostile: Hostile) -> tuple[Values, Fault]:
    fault = Fault(location, name, hostile.kind, f"{hostile.kind} in {location} {name}")
    if location == "body":
        pointer = "/" + name[1:].replace("~", "~0").replace("/", "~1")
        return replace(base, body=with_value(base.body, pointer, hostile.value)), fault
    if location == "query":
        return replace(base, query={**base.query, name: hostile.value}), fault
    # An empty segment is another route; a blank one is not.
    value = hostile.value if hostile.value not in {""} else " "
    return replace(base, path={**base.path, name: str(value)}), fault
