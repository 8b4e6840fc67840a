"""What of a request may be made larger: texts, lists, what is nested, pages, passwords."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from troth.composing.faults import body_schema
from troth.composing.memory import Accepted
from troth.probes.growth import EXPLODING, LENGTHS, LONG, Clock, Sort, explodes, grows
from troth.probes.probing import Spot, spots
from troth.probes.strangers import named, nobody, secret
from troth.spec.operation import Operation
from troth.spec.place import with_value
from troth.spec.schema import branches, items, properties, types
from troth.strategies.hostile import Place, hostile_places

if TYPE_CHECKING:
    from troth.world import World

MANY: Final = (250, 500, 1_000, 2_000)
DEEP: Final = (50, 100, 200, 400)
"""Deeper than that many parsers refuse it, as they should."""
MOST_ROWS: Final = 1_000
"""Rows of a page where the document names no most."""
WORDS: Final = ("mail", "url", "uri", "phone", "domain", "host")
Way = tuple[Callable[[Clock, Sort], bool], Clock, Sort]


def ways(world: "World", operation: Operation, base: Accepted) -> tuple[list[Way], list[Way]]:
    """All that may be made larger in a request that was served: first each place in the likeliest
    way, then in others.
    """
    found = spots(world, operation, base)
    patterned = [each for each in found if _patterned(each)]
    bodily = [each for each in found if each.place.location == "body"]

    def clock(spot: Spot) -> Clock:
        return Clock(world, operation, base, spot)

    first: list[Way] = [(grows, *each) for each in _passwords(world, operation, base)]
    first += [(grows, clock(spot), sort) for spot, sort in _sized(world, operation, base)]
    first += [(explodes, clock(each), EXPLODING[0]) for each in patterned]
    first += [(grows, clock(each), LONG[0]) for each in bodily]
    others: list[Way] = [
        (explodes, clock(each), sort) for sort in EXPLODING[1:] for each in patterned
    ]
    return first, others + [(grows, clock(each), sort) for sort in LONG[1:] for each in bodily]


def _patterned(spot: Spot) -> bool:
    return bool(spot.formats) or any(word in spot.name.lower() for word in WORDS)


def _sized(world: "World", operation: Operation, base: Accepted) -> Iterator[tuple[Spot, Sort]]:
    """Lists and free-form objects of the body, and the size of a page."""
    spec = world.target.spec
    schema = body_schema(operation, base.values.media_type)
    declared = properties(spec, schema) if schema is not None else {}
    for place in hostile_places(spec, operation, base.values):
        if place.location != "body":
            continue
        name = place.name[1:].replace("~1", "/").replace("~0", "~")
        given = base.values.body.get(name) if isinstance(base.values.body, Mapping) else None
        member = declared.get(name, {})
        if "array" in place.types:
            row = _row(world, member, given)
            if row is not None:
                yield Spot(place, None), _list(row)
        elif "object" in place.types and not properties(spec, member):
            yield Spot(place, None), NESTED
    yield from _pages(world, operation)


def _nested(depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = {"a": value}
    return value


NESTED: Final = Sort("what is nested", _nested, lambda _: {"a": {}}, DEEP, "nesting")


def _row(world: "World", member: Any, given: Any) -> Callable[[int], Any] | None:
    """Makes an item of a list, another for each number; None where none is known."""
    first = given[0] if isinstance(given, list) and given else None
    again = None if first is None else lambda _: first
    schema = items(world.target.spec, member)
    if schema is None or any(
        {"enum", "const", "pattern", "format"} & each.keys()
        for each in branches(world.target.spec, schema)
    ):
        return again
    kinds = types(world.target.spec, schema)
    if "string" in kinds:
        return lambda number: f"troth{number}"
    return (lambda number: number) if "integer" in kinds else again


def _list(row: Callable[[int], Any]) -> Sort:
    return Sort(
        "a long list",
        lambda n: [row(each) for each in range(n)],
        lambda _: [row(0)],
        MANY,
        "a list",
    )


def _pages(world: "World", operation: Operation) -> Iterator[tuple[Spot, Sort]]:
    """The number of rows that are asked for, up to what the document allows."""
    target = world.target
    for each in target.collections:
        pages = target.paging(each) if each.label == operation.label else None
        if pages is None or not pages.limit:
            continue
        most = pages.most or MOST_ROWS
        if most >= 8 * pages.least:
            place = Place("query", pages.limit, frozenset({"integer"}))
            sizes = tuple(most // part for part in (8, 4, 2, 1))
            least = pages.least
            yield Spot(place, None), Sort("a page", int, lambda _, n=least: n, sizes, "a page")  # type: ignore[misc]


def _passwords(
    world: "World", operation: Operation, base: Accepted
) -> Iterator[tuple[Clock, Sort]]:
    """The password of a login, of somebody who is not there: nobody is locked out by it."""
    login = world.target.file.session.login
    body = base.values.body
    if login is None or not operation.named(login.operation) or not isinstance(body, Mapping):
        return
    spec = world.target.spec
    names, secrets = list(named(spec, body)), list(secret(spec, body))
    if not names or not secrets:
        return
    at, who = names[0]
    nobodys = replace(base.values, body=with_value(body, at, nobody(who)))
    place = Place("body", secrets[0][0], frozenset({"string"}))
    clock = Clock(world, operation, replace(base, values=nobodys), Spot(place, None))
    yield clock, Sort("a long password", lambda n: "Aa1-" * (n // 4), lambda _: "Aa1-Aa1-", LENGTHS)
