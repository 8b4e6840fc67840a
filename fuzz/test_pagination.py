"""FUZ114: walking the pages of a list yields the whole set once, in order, and ends.

For each way from a page to the next (rows left out, numbers of pages, cursors, `Link` headers of
RFC 8288 and `next` URLs) and several sizes of pages, among them one row and all: no row is lost
between two pages or comes on both, none is out of order, no page has more rows than were asked
for, a cursor that the service gave is taken, one that it did not give is refused where the document
has a 400 or 422, and there is a last page. How a list is cut is inferred from its parameters and
its answer; `[operations.X] pages` corrects it.

Control: the same list on as few pages as possible, which is what the walks are compared with;
things are made until it has some. Others may write meanwhile: whatever is wrong must be so again
after the list was read anew, and it must be the same before and after. Not a finding: pages that
are shorter than was asked for, a last page that is empty, and a list without any order that
differs with each reading. Sizes that the document forbids are FUZ105's, a 5xx is FUZ103's.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from math import ceil

from troth import applies, control, expect, prop
from troth.case import Fault, Values
from troth.composing.templates import shared_values
from troth.models.pages import SPARE, Walked, Walker, fault
from troth.prop import Inconclusive
from troth.spec.families import Collection
from troth.spec.paging import LINKS, UNKNOWN, Pages, Way
from troth.target import Target
from troth.world import World

REFS = ("RFC8288", "OWASP-API4:2023", "CWE-193", "CWE-835")
ROWS = 3
"""Things that are to be there."""
WIDE = 50
"""Rows of one page where the document says no maximum."""
NO_CURSOR = "troth!no-such-page"


@prop("FUZ114", severity="medium", refs=REFS)
def test_pagination(target: Target, collection: Collection) -> None:
    """One list by all its ways, in pages of several sizes."""
    with target.world() as world:
        pages = target.paging(collection)
        applies(pages is not None, "the target file says that it has no pages")
        assert pages is not None
        walker = _walker(world, pages)
        if not pages.limit and not pages.known:
            linked = not walker.walk(LINKS, None, most=1).ended
            applies(linked, "nothing says how it is cut into pages")
        walker, truth = _filled(world, collection, _numbered(walker))
        applies(len(truth) > 1, "it lists fewer than two things, and none can be added")
        thorough = target.profile.examples > 1
        ways = list(_ways(walker, thorough=thorough))
        applies(ways, "nothing says how it is cut into pages")
        most = 10 if thorough else 5
        for way in ways if thorough else ways[:1]:
            for size in _sizes(pages, len(truth), most, thorough=thorough):
                truth = _judged(walker, way, size, most, truth)
            if way.kind == "cursor" and way.next:
                _refuses(walker, way)


def _ways(walker: Walker, *, thorough: bool) -> Iterator[Way]:
    """The ways that there are: whether answers have links is seen only now."""
    pages = walker.pages
    size = pages.least if pages.limit else None
    yield from pages.known
    # Links are looked for on a page that was asked for without its number.
    numbered = any(
        each.required and each.name in pages.names and each.name != pages.limit
        for each in pages.listing.operation.parameters
    )
    if numbered or (pages.known and not thorough):
        return
    if not walker.walk(LINKS, size, most=1).ended:
        yield LINKS


def _walker(world: World, pages: Pages) -> Walker:
    accepted = world.accepted(pages.listing.operation)
    values = accepted.values
    plain = {name: value for name, value in values.query.items() if name not in pages.names}
    return Walker(world, pages, accepted.principal, replace(values, query=plain))


def _numbered(walker: Walker) -> Walker:
    """The same, by the number that the first page has: as far as there is telling."""
    pages = walker.pages
    size = pages.least if pages.limit else None
    firsts = [(way, walker.first(way, size)) for way in pages.known]
    known = tuple(replace(way, first=first) for way, first in firsts if first is not None)
    return replace(walker, pages=replace(pages, known=known))


def _likeliest(pages: Pages) -> Way:
    """The way that is taken where the list does not fit on one page."""
    ways = [each for each in pages.known if each.first != UNKNOWN] or [LINKS]
    return min(ways, key=lambda way: ("cursor", "page", "offset", "link").index(way.kind))


def _widest(pages: Pages) -> int | None:
    return (pages.most or WIDE) if pages.limit else None


def _whole(walker: Walker) -> tuple[str, ...]:
    """All rows, on as few pages as possible; of a long list the first ones."""
    return walker.walk(_likeliest(walker.pages), _widest(walker.pages), most=4).rows


def _filled(world: World, collection: Collection, walker: Walker) -> tuple[Walker, tuple[str, ...]]:
    """The list with some rows, and by what they can be told apart. Raises Inconclusive."""
    truth = _whole(walker)
    for _ in range(max(0, ROWS - len(truth))):
        if not _added(world, collection, walker.values, walker.who):
            break
        truth = _whole(walker)
    if len(set(truth)) != len(truth):
        walker = replace(walker, whole=True)
        truth = _whole(walker)
        applies(len(set(truth)) == len(truth), "its rows cannot be told apart")
    return walker, truth


def _added(world: World, collection: Collection, values: Values, who: str) -> bool:
    """Whether another thing could be made, below the same parents as the list."""
    create = collection.family.create if collection.family is not None else None
    if create is None or world.target.closed(create) is not None:
        return False
    above = {name: str(value) for name, value in values.path.items()}
    shared = shared_values(collection.listing.operation.path, create.path, above)
    able = who in world.target.senders(create)
    try:
        world.reach(create, fixed=shared, principal=who if able else None)
    except Inconclusive:
        return False
    return True


def _sizes(pages: Pages, rows: int, most: int, *, thorough: bool) -> Iterator[int | None]:
    """Sizes of pages: half of the rows for all of them on two pages; one, two, all but one, all."""
    if not pages.limit:
        yield None
        return
    half = ceil(rows / 2)
    wanted = [max(half, ceil(rows / (most - 2))), *([1, 2, rows - 1, rows] if thorough else [])]
    top = pages.most or WIDE
    yield from dict.fromkeys(min(max(each, pages.least), top) for each in wanted)


def _judged(
    walker: Walker, way: Way, size: int | None, most: int, truth: tuple[str, ...]
) -> tuple[str, ...]:
    """Walks once, and where something is wrong once more, with the list read before and after.

    The rows as they are now.
    """

    def walked(rows: tuple[str, ...]) -> Walked:
        fits = size is not None and len(rows) <= size * (most - SPARE)
        return walker.walk(
            way, size, most=ceil(len(rows) / size) + SPARE if fits and size else most
        )

    wrong = fault(walked(truth), way, size, truth)
    expect(True, "it was walked")  # noqa: FBT003 - the control held: there were pages
    if wrong is None:
        return truth
    before = _whole(walker)
    again = fault(walked(before), way, size, before)
    if again is not None and way.kind == "offset":
        # What is called an offset may count pages.
        counted = replace(way, kind="page", first=0)
        most_pages = walker.walk(counted, size, most=most)
        again = again if fault(most_pages, counted, size, before) else None
    after = _whole(walker)
    if again is None:
        return after
    control(before == after, "the list changes while it is read")
    label = walker.pages.listing.label
    same = again.root == wrong.root
    expect(not same, f"{label}: {again.message}", *again.shown, root=f"{label}: {again.root}")
    return after


def _refuses(walker: Walker, way: Way) -> None:
    """A cursor that was never given is refused, where the document has a status for it."""
    operation = walker.pages.listing.operation
    if not {"400", "422"} & operation.responses.keys():
        return
    size = walker.pages.least if walker.pages.limit else None
    pages = list(islice(walker.walk(way, size, most=2).pages, 2))
    if len(pages) < 2 or pages[0].rows == pages[1].rows:
        return
    sized = {walker.pages.limit: size} if size is not None else {}
    values = replace(
        walker.values, query={**walker.values.query, **sized, way.parameter: NO_CURSOR}
    )
    target = walker.world.target
    kind = "a cursor that is none"
    why = Fault("query", way.parameter, kind, f"{kind} in query {way.parameter}")
    case = target.generator.build(operation, values, fault=why)
    answer = walker.world.send(case, principal=walker.who, whole=True)
    served = answer.ok and walker.walk(way, size, most=1).rows == walker.rows(answer)
    what = "a cursor that is none gets the first page"
    expect(not served, f"{operation.label}: {what}", answer, root=f"{operation.label}: {what}")
