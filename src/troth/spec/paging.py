"""How a list is cut into pages: by rows left out, by numbers of pages, by cursors, by links.

It is inferred from the names of query parameters and of members of the answer; what the target
file says in ``[operations.X] pages`` comes first. Links are seen in the answers only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from troth.config.operations import OperationSection, PagesSection
from troth.errors import UsageError
from troth.spec.families import Listing
from troth.spec.operation import Operation, Parameter, Spec
from troth.spec.schema import branches, properties, resolve, response_schema, types
from troth.spec.shape import escaped

# Names of query parameters and of members, without case and marks; the likeliest first.
LIMITS = tuple(
    """
    limit perpage pagesize size maxresults pagelimit first count top take pagecount itemsperpage
    maxitems rows
    """.split()  # noqa: SIM905 - read as a list
)
OFFSETS = ("offset", "skip", "startindex", "startat", "startrow", "firstresult")
PAGES = ("page", "pagenumber", "pageno", "pageindex", "currentpage", "p")
CURSORS = tuple(
    """
    cursor pagetoken nexttoken nextpagetoken continuationtoken continuation pagecursor nextcursor
    startingafter pageafter after marker scrollid
    """.split()  # noqa: SIM905 - read as a list
)
NEXTS = tuple(
    """
    nextcursor nextpagetoken nexttoken nextpagecursor continuationtoken nextmarker nextafter
    continuation nextpage next nexturl nextlink nextpageurl
    """.split()  # noqa: SIM905 - read as a list
)
LASTS = ("endcursor", "cursor", "aftercursor", "after", "marker", "scrollid")
"""Members that stay when there is nothing more: they are followed while a `has_more` says so."""
MORES = ("hasmore", "hasnextpage", "hasnext", "more", "moreresults", "moreitems")
LAST_IDS = frozenset({"startingafter"})
"""Parameters that take the id of the last row, where no member has a cursor."""
BODY = "$response.body#"
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Way:
    """One way from a page to the next.

    ``parameter`` counts rows or pages, or takes the cursor that stands at ``next``, a JSON
    pointer; without ``next`` it is the id of the last row. ``more`` points to what says whether
    there is a next page at all; empty where nothing does. ``first`` is the first page's number.
    """

    kind: Literal["offset", "page", "cursor", "link"]
    parameter: str = ""
    first: int = 0
    next: str = ""
    more: str = ""

    def __str__(self) -> str:
        return f"`{self.parameter}`" if self.parameter else "links"


LINKS = Way("link")
"""`Link` headers: whether there are any is seen in the answers."""


@dataclass(frozen=True, slots=True)
class Pages:
    """How one list is cut. ``limit`` is the parameter that says how many rows a page has, empty
    for none; it may be ``least`` to ``most``, where the document says so.
    """

    listing: Listing
    limit: str
    least: int
    most: int | None
    known: tuple[Way, ...]

    @property
    def names(self) -> frozenset[str]:
        """All parameters that have to do with pages."""
        return frozenset({self.limit, *(each.parameter for each in self.known)} - {""})


def paging(spec: Spec, listing: Listing, told: OperationSection) -> Pages | None:
    """How ``listing`` is cut into pages, None where the target file says that it is not.

    Raises UsageError when the target file names what is no query parameter.
    """
    if told.pages is False:
        return None
    queries = {each.name: each for each in listing.operation.parameters if each.location == "query"}
    given = told.pages if isinstance(told.pages, PagesSection) else PagesSection()
    if isinstance(told.pages, PagesSection):
        ways = tuple(_told(listing.operation, queries, given))
    else:
        ways = tuple(_inferred(spec, listing, queries))
    limit = given.limit or _named(spec, queries, LIMITS, number=True)
    schema = resolve(spec, queries[limit].schema) if limit in queries else {}
    least, most = schema.get("minimum", 1), schema.get("maximum")
    return Pages(
        listing,
        limit,
        max(1, int(least)) if isinstance(least, int | float) else 1,
        int(most) if isinstance(most, int | float) else None,
        ways,
    )


def _told(
    operation: Operation, queries: dict[str, Parameter], given: PagesSection
) -> Iterator[Way]:
    for key in ("limit", "offset", "page", "cursor"):
        name = getattr(given, key)
        if name and name not in queries:
            near = get_close_matches(name, queries, n=1)
            remedy = f"did you mean `{near[0]}`?" if near else "name one of its query parameters"
            raise UsageError(
                f"[operations] pages of {operation.label}: `{name}` in `{key}` is no query "
                f"parameter of it; {remedy}"
            )
    if given.offset:
        yield Way("offset", given.offset)
    if given.page:
        yield Way("page", given.page, first=given.first)
    if given.cursor:
        pointer = (given.next or "").removeprefix(BODY)
        yield Way("cursor", given.cursor, next=pointer, more=(given.more or "").removeprefix(BODY))


def _inferred(spec: Spec, listing: Listing, queries: dict[str, Parameter]) -> Iterator[Way]:
    offset = _named(spec, queries, OFFSETS, number=True)
    if offset:
        yield Way("offset", offset)
    page = _named(spec, queries, PAGES, number=True)
    if page:
        schema = resolve(spec, queries[page].schema)
        starts = [schema.get("default"), schema.get("minimum")]
        yield Way("page", page, first=next((each for each in starts if each in (0, 1)), UNKNOWN))
    cursor = _named(spec, queries, CURSORS, number=False)
    if not cursor:
        return
    members = dict(_members(spec, listing.operation))
    more = next((members[each] for each in MORES if each in members), "")
    following = next((members[each] for each in NEXTS if each in members), "")
    staying = next((members[each] for each in LASTS if each in members), "")
    if following:
        yield Way("cursor", cursor, next=following)
    elif more and (staying or (listing.identified and plain(cursor) in LAST_IDS)):
        yield Way("cursor", cursor, next=staying, more=more)


def _named(
    spec: Spec, queries: dict[str, Parameter], names: tuple[str, ...], *, number: bool
) -> str:
    """The query parameter that is called so, the likeliest name first; empty for none."""
    known = {plain(name): name for name in queries}
    for each in names:
        if each in known:
            found = types(spec, queries[known[each]].schema)
            if not found or bool(found & {"integer", "number"}) == number:
                return known[each]
    return ""


def _members(spec: Spec, operation: Operation) -> Iterator[tuple[str, str]]:
    """Plain names of what an answer has beside its rows, with JSON pointers; innermost last."""
    found = response_schema(spec, operation)
    if found is None:
        return
    outer = properties(spec, found[2])
    inner = [
        (plain(below), escaped(name) + escaped(below))
        for name, schema in outer.items()
        for each in branches(spec, schema)
        for below in properties(spec, each)
    ]
    yield from inner
    yield from ((plain(name), escaped(name)) for name in outer)


def plain(name: str) -> str:
    """A name without case and marks: `nextPageToken` and `next_page_token` are one."""
    return "".join(each for each in name.lower() if each.isalnum())
