"""Hostile values and hostile bodies: each has broken a real service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from troth.case import NO_BODY, Case, Fault, Values
from troth.composing.faults import body_schema, json_like
from troth.spec.operation import Operation, Spec
from troth.spec.place import with_value
from troth.spec.schema import properties, types

MOST_PLACES = 12
"""Places of one body that are tried: a form of a hundred fields would take all the time."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A value and why it is hostile; ``kind`` is the root cause it would show.

    ``fits`` is the JSON type of a place that lets the value through to where it does harm.
    ``text`` says whether it can stand in a URL.
    """

    kind: str
    value: Any
    fits: str = "string"
    text: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value may be put: a parameter, or a member of the body by JSON pointer."""

    location: str
    name: str
    types: frozenset[str]


NUL = Hostile("a NUL byte", "a\x00b")
VALUES: tuple[Hostile, ...] = (
    Hostile("a number beyond 64 bits", 10**30, fits="integer"),
    Hostile("a lone surrogate", "a\ud800b", text=False),
    Hostile("a long string", "a" * 5000),
    Hostile("a number beyond 64 bits", 2**63, fits="integer"),
    Hostile("a number beyond 32 bits", 2**31, fits="integer"),
    Hostile("an empty string", ""),
    Hostile("a blank string", " \t "),
    Hostile("a negative number", -1, fits="integer"),
    Hostile("NaN or Infinity", float("nan"), fits="number", text=False),
    Hostile("NaN or Infinity", float("inf"), fits="number", text=False),
    Hostile("null", None, text=False),
    Hostile("a value of another type", {"a": {"b": []}}, fits="object", text=False),
    Hostile("a value of another type", [[], {}, None], fits="array", text=False),
    Hostile("a value of another type", value=True, fits="boolean"),
    Hostile("a value of another type", "a"),
    Hostile("a long string", "a" * 65),
    Hostile("a long string", "a" * 256),
    Hostile("a long string", "a" * 100_000, text=False),
    Hostile("a date at the edge of the calendar", "0000-00-00T00:00:00Z"),
    Hostile("a date at the edge of the calendar", "9999-12-31T23:59:60+14:00"),
    Hostile("a date at the edge of the calendar", "0001-01-01"),
    Hostile("a cursor that is none", "bm90LWEtY3Vyc29y"),
    Hostile("a template", "{{7*7}}${7*7}%s%n"),
    Hostile("quotes and comments", "'\"`;--/*\\"),
    Hostile("a path upwards", "../../../../etc/passwd"),
    Hostile("text beyond the basic plane", "\u202eabc\U0001f600"),
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
    ("NaN or Infinity", b"1e400"),
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


def hostile_values(
    places: Sequence[Place], base: Values
) -> tuple[list[tuple[Values, Fault]], list[tuple[Values, Fault]]]:
    """``base`` with one hostile value in one place.

    First the NUL byte in every place for text, since each may lead to a statement of its own;
    then all other values, each first in the places whose type lets it through.
    """
    texts = [place for place in places if not place.types or "string" in place.types]
    nul = [_put(base, place, NUL) for place in texts]
    ranked = [_ranked(hostile, places, start) for start, hostile in enumerate(VALUES)]
    rest = [
        _put(base, order[rank], hostile)
        for rank in range(len(places))
        for hostile, order in zip(VALUES, ranked, strict=True)
        if rank < len(order)
    ]
    return nul, rest


def _ranked(hostile: Hostile, places: Sequence[Place], start: int) -> list[Place]:
    usable = [each for each in places if hostile.text or each.location == "body"]
    fitting = [each for each in usable if not each.types or hostile.fits in each.types]
    others = [each for each in usable if each not in fitting]
    # Values that fit the same places begin at different ones: a sample spreads.
    turn = start % len(fitting) if fitting else 0
    return fitting[turn:] + fitting[:turn] + others


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


def hostile_places(spec: Spec, operation: Operation, base: Values) -> list[Place]:
    """The members of the body, declared or sent, and the parameters of query and path."""
    found: list[Place] = []
    if isinstance(base.body, Mapping):
        schema = body_schema(operation, base.media_type)
        declared = properties(spec, schema) if schema is not None else {}
        for name in list({**dict.fromkeys(base.body), **declared})[:MOST_PLACES]:
            pointer = "/" + name.replace("~", "~0").replace("/", "~1")
            kinds = types(spec, declared[name]) if name in declared else frozenset()
            found.append(Place("body", pointer, kinds))
    found += [
        Place(each.location, each.name, types(spec, each.schema))
        for each in operation.parameters
        if each.location in {"query", "path"}
    ]
    return found


def _put(base: Values, place: Place, hostile: Hostile) -> tuple[Values, Fault]:
    where = f"{place.location} {place.name}"
    fault = Fault(place.location, place.name, hostile.kind, f"{hostile.kind} in {where}")
    if place.location == "body":
        return replace(base, body=with_value(base.body, place.name, hostile.value)), fault
    if place.location == "query":
        return replace(base, query={**base.query, place.name: hostile.value}), fault
    # An empty segment is another route; a blank one is not.
    value = " " if hostile.value == "" else hostile.value
    return replace(base, path={**base.path, place.name: str(value)}), fault
