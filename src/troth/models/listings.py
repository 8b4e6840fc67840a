"""What lists and searches show of the things that a model has made, and of those that are gone."""

from typing import Any

from troth.exchange import Exchange
from troth.models.dictionary import Entry, Shelf
from troth.models.rows import full, listed, row_of
from troth.prop import expect
from troth.spec.families import Listing


def list_them(shelf: Shelf, listing: Listing) -> None:
    """What is there is shown, what is gone is not: of everybody's own."""
    memory = shelf.world.target.memory
    for who in dict.fromkeys(each.one.who for each in shelf.entries):
        own = [each for each in shelf.entries if each.one.who == who]
        for entry in own[-1:] if not listing.term else own[-2:]:
            term = _term(entry) if listing.term else ""
            if listing.term and not term:
                continue
            answer, rows = listed(shelf.world, entry.one, listing, term=term)
            for each in [entry] if listing.term else own:
                found = row_of(rows, listing, each.one.id)
                key = (listing.label, who)
                if not each.there and not each.marked:
                    if found is not None:
                        gone_from(shelf, each, listing)
                elif each.plain and found is not None:
                    memory.listing.add(key)
                elif (
                    each.there
                    and each.plain
                    and key in memory.listing
                    and not full(shelf.world, listing, rows, answer)
                ):
                    _present(shelf, each, listing)


def _present(shelf: Shelf, entry: Entry, listing: Listing) -> None:
    """It is missing in a list that has shown its like: looked at once more."""
    term = _term(entry) if listing.term else ""
    world, one = shelf.world, entry.one

    def look() -> tuple[Exchange, list[Any]]:
        return listed(world, one, listing, term=term)

    answer, rows = shelf.patiently(look, over=lambda found: _has(found, listing, one.id))
    expect(
        row_of(rows, listing, one.id) is not None,
        f"{listing.label} does not show what was made, and is there",
        answer,
        root=f"{listing.label}: made and not listed",
        telling=(f"lacks {entry.one.id}",),
    )


def gone_from(shelf: Shelf, entry: Entry, listing: Listing) -> None:
    """It was deleted, and is not listed any more."""
    world, one = shelf.world, entry.one

    def look() -> tuple[Exchange, list[Any]]:
        return listed(world, one, listing, term=_term(entry) if listing.term else "")

    answer, rows = shelf.patiently(look, over=lambda found: not _has(found, listing, one.id))
    expect(
        row_of(rows, listing, one.id) is None,
        f"{listing.label} still shows what was deleted",
        answer,
        root=f"{listing.label}: deleted and still listed",
        telling=(f"has {one.id}",),
    )


def _has(found: tuple[Exchange, list[Any]], listing: Listing, id_: str) -> bool:
    return row_of(found[1], listing, id_) is not None


def _term(entry: Entry) -> str:
    """A word of the thing that it may be found by."""
    texts = [each for each in entry.known.values() if isinstance(each, str)]
    good = [each for each in texts if len(each) >= 4 and each.replace("-", "").isalnum()]
    return max(good, key=len, default="")
