"""What is wrong with a walk over pages, on walks written by hand."""

import pytest

from troth.exchange import Exchange, Request, Response
from troth.models.pages import Page, Walked, fault
from troth.spec.paging import Way

TRUTH = ("a", "b", "c", "d", "e")
BY = Way("cursor", "cursor", next="/next")


def exchange(number, status=200):
    request = Request("GET", f"http://127.0.0.1/things?page={number}")
    return Exchange(number, "alice", "GET /things", request, Response(status, (), b"", 0.0))


def walked(*pages, ended=True, refused=None):
    made = tuple(Page(exchange(number), tuple(rows)) for number, rows in enumerate(pages, 1))
    return Walked(made, ended, exchange(9, refused) if refused else None)


@pytest.mark.parametrize(
    "walk",
    [
        walked("ab", "cd", "e"),
        walked("ab", "c", "de"),  # a page may be shorter than was asked for
        walked("ab", "cd", "e", ""),  # and the last one empty
        walked("ab", "cd", ended=False),  # it was not walked to its end
        walked("ab", "cd", "ef"),  # somebody else has added a row
    ],
)
def test_nothing(walk):
    assert fault(walk, BY, 2, TRUTH) is None


@pytest.mark.parametrize(
    ("walk", "root"),
    [
        (walked("ab", "de"), "a row is on no page"),
        (walked("ab", "de", ended=False), "a row is on no page"),
        (walked("ab", "cd"), "a row is on no page"),
        (walked("ab", "bc", "de"), "a row comes on two pages"),
        (walked("ab", "ab", "ab", ended=False), "the next page is the same page"),
        (walked("abc", "de"), "a page has more rows than were asked for"),
        (walked("ba", "cd", "e"), "pages have another order"),
        (walked("ab", "cd", "e", "", "", "", ended=False), "the pages do not end"),
        (walked("ab", ended=False, refused=400), "a cursor of its own is refused with 400"),
    ],
)
def test_something(walk, root):
    wrong = fault(walk, BY, 2, TRUTH)
    assert wrong.root == root
    assert wrong.shown
