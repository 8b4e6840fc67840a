"""The rows of lists within a world: read page by page, looked through for one thing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from troth.case import Values
from troth.composing.templates import template_parameters
from troth.exchange import Exchange
from troth.expression import ExpressionError, pointed
from troth.models.resource import One, ask, parsed, read, shown
from troth.prop import Inconclusive
from troth.spec.families import Listing
from troth.spec.operation import Operation
from troth.spec.paging import MORES, NEXTS, UNKNOWN, Pages, Way, plain
from troth.transport.links import next_link

if TYPE_CHECKING:
    from troth.world import World

MOST_PAGE = 1000
MOST_PAGES = 20
_COUNTS = frozenset({"total", "count", "totalcount", "totalitems", "totalelements"})
_ON = frozenset({*MORES, *NEXTS, "cursor", "next"})


def look(world: "World", one: One) -> tuple[Exchange, Mapping[str, Any] | None]:
    """What is shown of the thing now, by its reader or else by a list; None when it is not there.

    Raises Inconclusive where the answer is neither the thing nor the news that it is gone, and
    where a list is full and may have it on another page.
    """
    family = one.family
    if family.read is not None:
        answer = ask(world, one, family.read, purpose="read it")
        if answer.status in {404, 410}:
            return answer, None
        found = shown(answer, family) if answer.ok else None
        if found is None:
            raise Inconclusive(f"{family.read.label} answered {answer.status}, and shows nothing")
        return answer, found
    listing = next((each for each in family.listings if each.identified and not each.term), None)
    if listing is None:
        raise Inconclusive(f"nothing shows a {family.name}")
    answer, found, sure = found_in(world, one, listing)
    if found is None and not sure:
        raise Inconclusive(f"{listing.label} has more pages than are walked")
    return answer, found


def found_in(
    world: "World", one: One, listing: Listing
) -> tuple[Exchange, Mapping[str, Any] | None, bool]:
    """The page of a list that has the thing, else the last one; its row; and whether all pages
    were seen. Raises Inconclusive.
    """
    answer, rows = listed(world, one, listing)
    for _ in range(MOST_PAGES):
        found = row_of(rows, listing, one.id)
        if found is not None:
            return answer, found if isinstance(found, Mapping) else {}, True
        if not full(world, listing, rows, answer):
            return answer, None, True
        query = next_page(world, listing, answer, len(rows))
        if query is None:
            return answer, None, False
        answer, rows = listed(world, one, listing, query=query)
    return answer, None, False


def next_page(
    world: "World", listing: Listing, answer: Exchange, rows: int
) -> dict[str, Any] | None:
    """Query parameters of the page after ``answer``, or None where there is none, or no way."""
    sent = dict(parse_qsl(urlsplit(answer.request.url).query, keep_blank_values=True))
    for way in _ways(world, listing):
        if way.kind == "offset":
            return {way.parameter: _number(sent, way, 0) + rows}
        if way.kind == "page":
            return {way.parameter: _number(sent, way, 1 if way.first == UNKNOWN else way.first) + 1}
        value = cursor_of(answer, way)
        if value is not None:
            return _linked(answer, value) or {way.parameter: value}
    linked = next_link(answer.response) if answer.response is not None else None
    return _linked(answer, linked) if linked else None


def _ways(world: "World", listing: Listing) -> tuple[Way, ...]:
    pages = _pages(world, listing)
    return pages.known if pages is not None else ()


def _pages(world: "World", listing: Listing) -> Pages | None:
    target = world.target
    known = next((each for each in target.collections if each.label == listing.label), None)
    return target.paging(known) if known is not None else None


def _number(sent: Mapping[str, str], way: Way, first: int) -> int:
    text = sent.get(way.parameter, "")
    return int(text) if text.isdecimal() else first


def cursor_of(answer: Exchange, way: Way) -> Any:
    """The cursor of the next page, as an answer has it; None where it has none."""
    if not way.next or (way.more and not at(answer, way.more)):
        return None
    value = at(answer, way.next)
    value = value.get("href") if isinstance(value, Mapping) else value
    return None if value in ("", False) else value


def at(answer: Exchange, pointer: str) -> Any:
    """What stands there in the body of an answer; None where nothing does."""
    try:
        return pointed(parsed(answer.response), pointer, text=pointer)
    except ExpressionError:
        return None


def _linked(answer: Exchange, link: Any) -> dict[str, Any] | None:
    """The query of a link to the same list; None for what is no link, or leads elsewhere."""
    if not isinstance(link, str) or "?" not in link:
        return None
    there, here = urlsplit(link), urlsplit(answer.request.url)
    if there.path and there.path.rstrip("/") != here.path.rstrip("/"):
        return None
    return dict(parse_qsl(there.query, keep_blank_values=True))


def listed(
    world: "World",
    one: One,
    listing: Listing,
    *,
    term: str = "",
    who: str | None = None,
    query: Mapping[str, Any] | None = None,
) -> tuple[Exchange, list[Any]]:
    """The first page of a list, as large as it gets, and its rows. Raises Inconclusive."""
    operation = listing.operation
    shared = one.shared(operation)
    names = [name for _, name in template_parameters(operation.path)]
    if all(name in shared for name in names) and not _needs(operation, listing.term):
        values = Values(path=shared)
    else:
        values = world.accepted(operation).values
        values = replace(values, path={**values.path, **shared})
    asked = {**values.query, **_widest(world, listing), **(query or {})}
    if listing.term and term:
        asked[listing.term] = term
    values = replace(values, query=asked)
    if who is None:
        answer = read(world, operation, values, one.who, "list them")
    else:
        case = world.target.generator.build(operation, values)
        answer = world.send(case, principal=who, whole=True, purpose="list them")
    return answer, rows_of(answer, listing)


def _needs(operation: Operation, term: str) -> bool:
    return any(
        each.required and each.location in {"query", "header"} and each.name != term
        for each in operation.parameters
    )


def rows_of(answer: Exchange, listing: Listing) -> list[Any]:
    """The elements that an answer lists. Raises Inconclusive when it is no list."""
    try:
        rows = pointed(parsed(answer.response), listing.array, text=listing.array)
    except ExpressionError:
        rows = None
    if not answer.ok or not isinstance(rows, list):
        raise Inconclusive(f"{listing.label} answered {answer.status}, and lists nothing")
    return rows


def row_of(rows: list[Any], listing: Listing, id_: str) -> Any:
    """The element whose id that is, or None."""
    for row in rows:
        try:
            if str(pointed(row, listing.id, text=listing.id)) == id_:
                return row
        except ExpressionError:
            continue
    return None


def _widest(world: "World", listing: Listing) -> dict[str, Any]:
    """The parameter that says how long a page is, at its documented maximum."""
    pages = _pages(world, listing)
    if pages is None or not pages.limit or pages.most is None or pages.most < 1:
        return {}
    return {pages.limit: min(pages.most, MOST_PAGE)}


def full(world: "World", listing: Listing, rows: list[Any], answer: Exchange) -> bool:
    """Whether more may stand on other pages: where the answer has the next one's cursor, or says
    that it has none, that decides. Else the page is as long as it was asked to be, or its answer
    says a total that is larger, or links to a next page.
    """
    asked = next(iter(_widest(world, listing).values()), 0)
    if not rows:
        return False
    body = parsed(answer.response)
    for way in _ways(world, listing):
        if way.kind == "cursor" and isinstance(body, Mapping) and (way.next or way.more):
            return bool(at(answer, way.next or way.more)) and (
                not way.more or bool(at(answer, way.more))
            )
    if asked and len(rows) >= asked:
        return True
    if answer.response is not None and 'rel="next"' in (answer.response.header("link") or ""):
        return True
    if not isinstance(body, Mapping):
        # A bare list without a limit that we know may be cut at any round number.
        return not asked and len(rows) % 5 == 0
    counts = [value for name, value in _flat(body) if name in _COUNTS]
    if any(isinstance(each, int) and each > len(rows) for each in counts):
        return True
    if any(value for name, value in _flat(body) if name in _ON):
        return True
    return not asked and not counts and len(rows) % 5 == 0


def _flat(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of an envelope and of the objects within it, in plain names."""
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from ((plain(inner), each) for inner, each in value.items())
        else:
            yield plain(name), value
