"""How lists are cut into pages, as it was inferred, and what was seen of it."""

from collections.abc import Iterator, Mapping

from troth.proposal.looks import Look
from troth.proposal.passage import Passage
from troth.spec.families import Collection
from troth.spec.paging import Pages, Way

MOST = 6


def passages(
    lists: Mapping[str, tuple[Collection, Pages | None]], looks: Mapping[str, Look]
) -> Iterator[Passage]:
    """A comment with the lists that are cut alike below each way."""
    grouped: dict[str, list[str]] = {}
    for label, (each, cut) in lists.items():
        grouped.setdefault(_cut(label, each, cut, looks), []).append(label)
    if not grouped:
        return
    yield Passage(
        above=(
            "Lists, and how they are cut into pages. Corrected by `pages` in [operations], such as",
            '`{ limit = "size", offset = "from" }`, or `false` for one that is not cut.',
            *(f"  {line}" for way, labels in grouped.items() for line in _lines(way, labels)),
        )
    )


def _lines(way: str, labels: list[str]) -> Iterator[str]:
    yield f"{way}:"
    yield from (f"  {each}" for each in labels[:MOST])
    if len(labels) > MOST:
        yield f"  … and {len(labels) - MOST} more"


def _cut(label: str, collection: Collection, cut: Pages | None, looks: Mapping[str, Look]) -> str:
    ways = [_way(each) for each in cut.known] if cut else []
    look = looks.get(label)
    if look is not None and look.links:
        ways.append("Link headers, as it answered")
    said = ", ".join(ways) or "in one piece"
    limit = f", at most `{cut.limit}` rows" if cut and cut.limit else ""
    listing = collection.listing
    rows = f"rows at {listing.array}" if listing.array else "rows at the top"
    mark = "" if listing.identified else ", which have no id that is known"
    return f"{said}{limit}; {rows}{mark}"


def _way(way: Way) -> str:
    if way.kind == "cursor":
        after = f" from {way.next}" if way.next else " from the last row's id"
        return f"cursor `{way.parameter}`{after}"
    names = {"offset": "rows left out by", "page": "pages numbered by"}
    return f"{names.get(way.kind, way.kind)} `{way.parameter}`"
