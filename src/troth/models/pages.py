"""Walks a list from page to page within a world, and says what is wrong with the walk."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from troth.case import Values
from troth.exchange import Exchange
from troth.expression import ExpressionError, pointed
from troth.models.rows import at, cursor_of, rows_of
from troth.prop import Inconclusive
from troth.spec.paging import UNKNOWN, Pages, Way
from troth.transport.links import next_link

if TYPE_CHECKING:
    from troth.world import World

BEYOND = frozenset({400, 404, 410, 416, 422})
"""How services answer for a page behind the last one, or for a cursor that they do not know."""
SPARE = 3
"""Pages without a row, one after another, before it is said that they do not end."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the exchange, and by what each of its rows is known."""

    exchange: Exchange
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """Some pages in a row. ``ended`` says whether the last one was, ``refused`` by what status
    the service met a cursor of its own.
    """

    pages: tuple[Page, ...]
    ended: bool
    refused: Exchange | None = None

    @property
    def rows(self) -> tuple[str, ...]:
        """All rows in the order in which they came."""
        return tuple(row for page in self.pages for row in page.rows)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was sent."""
        last = (self.refused,) if self.refused is not None else ()
        return (*(each.exchange for each in self.pages), *last)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a walk: the root in words without values, the message, what to see."""

    root: str
    message: str
    shown: tuple[Exchange, ...]


@dataclass(frozen=True)
class Walker:
    """A list as one principal is served it: ``values`` without anything about pages."""

    world: "World"
    pages: Pages
    who: str
    values: Values
    whole: bool = False
    """Whether rows are known by all that they have: their ids are none, or not their own."""

    def page(self, query: Mapping[str, Any], purpose: str) -> Exchange:
        """Ask for one page."""
        values = replace(self.values, query={**self.values.query, **query})
        case = self.world.case(self.pages.listing.operation, values, purpose=purpose)
        return self.world.send(case, principal=self.who, whole=True, purpose=purpose)

    def first(self, way: Way, size: int | None) -> int | None:
        """The number of the first page: that of the page that comes without a number. None where
        there is no telling.
        """
        if way.kind != "page" or way.first != UNKNOWN:
            return way.first
        sized = {self.pages.limit: size} if size is not None and self.pages.limit else {}
        unnumbered = self.rows(self.page(sized, "the first page"))
        for number in (1, 0):
            answer = self.page({**sized, way.parameter: number}, f"page {number}, by {way}")
            if answer.ok and self.rows(answer) == unnumbered:
                return number
        return None

    def walk(self, way: Way, size: int | None, *, most: int) -> Walked:
        """At most ``most`` pages of ``size`` rows each. Raises Inconclusive where one is not
        answered with rows, and nothing says that it need not be.
        """
        sized = {self.pages.limit: size} if size is not None and self.pages.limit else {}
        counted = way.kind in {"offset", "page"}
        query: Mapping[str, Any] | None = {**sized, way.parameter: 0} if counted else sized
        if way.kind == "page":
            query = {**sized, way.parameter: way.first}
        found: list[Page] = []
        while query is not None and len(found) < most:
            answer = self.page(query, f"page {len(found) + 1}, by {way}")
            if found and answer.status in BEYOND:
                # What the id of a row does as a cursor is inferred, and not promised.
                own = answer if way.next or way.kind == "link" else None
                return Walked(tuple(found), ended=counted, refused=None if counted else own)
            rows = self.rows(answer)
            if counted and found and not rows:
                return Walked(tuple(found), ended=True)
            found.append(Page(answer, rows))
            query = self._following(way, sized, found)
        return Walked(tuple(found), ended=query is None)

    def rows(self, answer: Exchange) -> tuple[str, ...]:
        """By what each row of an answer is known. Raises Inconclusive when it is no list."""
        return tuple(map(self._known, rows_of(answer, self.pages.listing)))

    def _known(self, row: Any) -> str:
        listing = self.pages.listing
        if not self.whole and listing.identified:
            try:
                return str(pointed(row, listing.id, text=listing.id))
            except ExpressionError as error:
                raise Inconclusive(f"a row without an id: {error}") from None
        return json.dumps(row, sort_keys=True)

    def _following(
        self, way: Way, sized: Mapping[str, Any], found: list[Page]
    ) -> Mapping[str, Any] | None:
        """The query of the page after the last of ``found``, None where there is none."""
        answer, rows = found[-1].exchange, found[-1].rows
        if way.kind == "page":
            return {**sized, way.parameter: way.first + len(found)} if rows else None
        if way.kind == "offset":
            passed = sum(len(each.rows) for each in found)
            return {**sized, way.parameter: passed} if rows else None
        if way.more and not at(answer, way.more):
            return None
        if way.kind == "link":
            following = self._linked(next_link(answer.response) if answer.response else None)
            return following or None
        if not way.next:
            return {**sized, way.parameter: rows[-1]} if rows else None
        value = cursor_of(answer, way)
        if value is None:
            return None
        if isinstance(value, str) and "?" in value:
            return self._linked(value)
        return {**sized, way.parameter: value}

    def _linked(self, url: str | None) -> Mapping[str, Any] | None:
        """The query of a URL of this very list; None for any other, which is not followed."""
        if url is None:
            return None
        own = self.world.target.url(
            self.world.case(self.pages.listing.operation, self.values).path.partition("?")[0]
        )
        whole = urljoin(own, url)
        if urlsplit(whole).path.rstrip("/") != urlsplit(own).path.rstrip("/"):
            return None
        return dict(parse_qsl(urlsplit(whole).query, keep_blank_values=True))


def fault(walked: Walked, way: Way, size: int | None, truth: tuple[str, ...]) -> Wrong | None:
    """What is wrong with a walk over a list of ``truth``, in that order; None for nothing."""
    pages = walked.pages
    if walked.refused is not None:
        what = f"a cursor of its own is refused with {walked.refused.status}"
        return Wrong(what, f"{what}, by {way}", walked.exchanges[-2:])
    for page in pages:
        if size is not None and len(page.rows) > size:
            message = f"a page of at most {size} rows has {len(page.rows)}, by {way}"
            return Wrong("a page has more rows than were asked for", message, (page.exchange,))
    for before, page in pairwise(pages):
        if page.rows and page.rows == before.rows:
            what = f"{way} is ignored: the next page is the same once more"
            return Wrong("the next page is the same page", what, (before.exchange, page.exchange))
    seen: dict[str, Page] = {}
    for page in pages:
        for row in page.rows:
            if row in seen:
                message = f"{_named(row)} comes on two pages of {size or 'default'} rows, by {way}"
                both = (seen[row].exchange, page.exchange)
                return Wrong("a row comes on two pages", message, both)
            seen[row] = page
    rows = walked.rows
    expected = truth if walked.ended else truth[: len(rows)]
    missing = [row for row in expected if row not in seen]
    if missing:
        place = truth.index(missing[0])
        message = f"{_named(missing[0])}, number {place + 1} of {len(truth)}, is on no page of "
        shown = walked.exchanges[-4:] if walked.ended else walked.exchanges
        return Wrong("a row is on no page", f"{message}{size or 'default'} rows, by {way}", shown)
    if not walked.ended and len(pages) > SPARE and not any(each.rows for each in pages[-SPARE:]):
        message = f"after all {len(rows)} rows there is always a next page, by {way}"
        return Wrong("the pages do not end", message, walked.exchanges[-2:])
    if [row for row in rows if row in set(truth)] != [row for row in truth if row in seen]:
        message = f"pages of {size or 'default'} rows have another order, by {way}"
        return Wrong("pages have another order", message, walked.exchanges[-4:])
    return None


def _named(row: str) -> str:
    return f"row {row}" if len(row) <= 60 else f"row {row[:40]}…"
