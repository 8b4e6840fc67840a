"""Walking the pages yields the whole set once, in order, for every size of page."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

C = "/api/v1/conversations"


@pytest.fixture(scope="module")
def many(stored):
    """A user with eleven conversations, made at once by several threads."""
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: stored.talk("operator", f"Walk {n}"), range(11)))
    listed = stored.call("operator", "GET", C, params={"limit": 100}).json()["items"]
    ids = [each["id"] for each in listed]
    assert set(made) <= set(ids)
    return ids


@pytest.mark.parametrize("size", [1, 2, 3, 10, 11, 12, 100])
def test_by_offset(stored, many, size):
    seen, offset = [], 0
    while items := stored.call(
        "operator", "GET", C, params={"limit": size, "offset": offset}
    ).json()["items"]:
        seen += [each["id"] for each in items]
        offset += size
    assert seen == many


@pytest.mark.parametrize("size", [1, 2, 3, 10, 11, 12, 100])
def test_by_cursor(stored, many, size):
    seen, cursor = [], {}
    while True:
        page = stored.call("operator", "GET", C, params={"limit": size, **cursor}).json()
        assert page["total"] == len(many)
        seen += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == many


def test_the_order_is_of_creation(stored, many):
    items = stored.call("operator", "GET", C, params={"limit": 100}).json()["items"]
    order = [(each["created_at"], each["id"]) for each in items]
    assert all(one < other for one, other in pairwise(order))
    assert all(each["created_at"].endswith("Z") for each in items)


@pytest.mark.parametrize("cursor", ["0" * 46, "f" * 46])
def test_every_cursor_of_its_pattern_is_a_position(stored, many, cursor):
    page = stored.call("operator", "GET", C, params={"cursor": cursor}).json()
    assert len(page["items"]) == (11 if cursor[0] == "0" else 0)


@pytest.mark.parametrize("name", ["100% \\ _x_", "Caf\u00e9 \u00c9t\u00e9", "Q'; DROP TABLE--"])
def test_search_finds_by_any_part_and_takes_no_character_for_a_wildcard(stored, name):
    id_ = stored.talk("bob", name)
    for part in (name, name.upper() if name.isascii() else name, name[1:4]):
        found = stored.call("bob", "GET", f"{C}/search", params={"q": part}).json()
        assert id_ in [each["id"] for each in found["items"]]
    for wild in ("%%%", "___", "1%0"):
        found = stored.call("bob", "GET", f"{C}/search", params={"q": wild}).json()
        assert found["items"] == []
