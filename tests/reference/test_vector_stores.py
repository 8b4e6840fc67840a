"""What was put into a store is found by its words, until it is taken out, by its tenant alone."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_ownership import faceless
from troth.reference.domain import vector_index

V = "/api/v1/vector_stores"
TEXTS = {
    "travel.txt": "Travel is booked a week ahead. Trains before planes, trains before cars.",
    "leave.txt": "Leave is asked for in writing. A week of leave is seven days.",
    "food.txt": "Caf\u00e9 and K\u00fcche are open at noon; \u65e5\u672c\u8a9e too.",
}


def text(name, content):
    return {"source": {"kind": "text", "name": name, "content": content}}


@pytest.fixture
def store(stored):
    """A store of alice's with three texts; its path."""
    made = stored.call("alice", "POST", V, json={"name": "Handbook"})
    assert made.status_code == 201
    path = made.headers["location"]
    assert stored.call("carol", "GET", path).json() == made.json()
    for name, content in TEXTS.items():
        put = stored.call("alice", "POST", f"{path}/files", json=text(name, content))
        assert put.status_code == 201
        assert stored.call("carol", "GET", put.headers["location"]).json() == put.json()
        assert put.json()["sha256"] == sha256(content.encode()).hexdigest()
        assert put.json()["bytes"] == len(content.encode())
    return path


def search(live, path, query, top_k=5, who="carol"):
    found = live.call(who, "POST", f"{path}/search", json={"query": query, "top_k": top_k})
    assert found.status_code == 200, found.text
    return found.json()["results"]


def names(results):
    return [each["filename"] for each in results]


def test_the_best_comes_first_and_the_same_search_finds_the_same(stored, store):
    assert names(search(stored, store, "TRAINS")) == ["travel.txt"]
    week = search(stored, store, "a week of leave")
    assert names(week) == ["leave.txt", "travel.txt"]
    assert week[0]["score"] > week[1]["score"] > 0
    assert week == search(stored, store, "leave of week a a")
    assert search(stored, store, "week leave", top_k=1) == search(stored, store, "week leave")[:1]
    assert names(search(stored, store, "cafe\u0301 \u65e5\u672c\u8a9e")) == ["food.txt"]
    assert search(stored, store, "?!") == search(stored, store, "zebra") == []


def test_equal_scores_keep_the_order_of_coming(stored, store):
    for number in range(4):
        stored.call("alice", "POST", f"{store}/files", json=text(f"{number}", "zebra zebra"))
    assert names(search(stored, store, "zebra")) == ["0", "1", "2", "3"]


def test_what_is_taken_out_is_found_no_more(stored, store):
    listed = stored.call("carol", "GET", f"{store}/files").json()
    assert [each["filename"] for each in listed["items"]] == list(TEXTS)
    path = f"{store}/files/{listed['items'][0]['id']}"
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: stored.call("alice", "DELETE", path).status_code, range(4)))
    assert sorted(codes) == [204, 404, 404, 404]
    assert_problem(stored.call("alice", "GET", path), 404)
    assert search(stored, store, "trains") == []
    assert stored.call("alice", "GET", store).json()["file_count"] == 2


def test_a_long_text_is_found_by_the_piece_that_has_the_word(stored, store):
    content = "one two three. " * 120 + "needle " + "four five six. " * 120
    upload = {"filename": "long.txt", "content": content}
    put = stored.call("alice", "POST", f"{store}/files/upload", json=upload)
    assert put.status_code == 201
    assert put.json()["chunk_count"] == len(list(vector_index.pieces(content))) > 3
    (found,) = search(stored, store, "needle")
    assert found["file_id"] == put.json()["id"]
    assert found["position"] > 0
    assert "needle" in found["text"]


def test_a_file_is_copied_from_another_store_of_the_tenant_only(stored, store):
    file = stored.call("alice", "GET", f"{store}/files").json()["items"][1]
    copy = {"source": {"kind": "file", "file_id": file["id"].upper()}}
    other = stored.call("alice", "POST", V, json={"name": "Other"}).headers["location"]
    put = stored.call("alice", "POST", f"{other}/files", json=copy).json()
    assert (put["filename"], put["sha256"]) == (file["filename"], file["sha256"])
    assert put["id"] != file["id"]
    assert names(search(stored, other, "leave")) == ["leave.txt"]
    assert_problem(stored.call("alice", "GET", f"{other}/files/{file['id']}"), 404)
    theirs = stored.call("bob", "POST", V, json={"name": "Theirs"}).headers["location"]
    assert_problem(stored.call("bob", "POST", f"{theirs}/files", json=copy), 404)


def test_binding_and_unbinding_are_idempotent(stored, store):
    for key in ("writer", "triage"):
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(
                    lambda _, key=key: stored.call("alice", "POST", f"{store}/bindings/{key}"),
                    range(4),
                )
            )
        assert {each.status_code for each in answers} == {204}
    assert stored.call("carol", "GET", store).json()["agent_keys"] == ["triage", "writer"]
    for _ in range(2):
        assert stored.call("alice", "DELETE", f"{store}/bindings/writer").status_code == 204
    assert stored.call("carol", "GET", store).json()["agent_keys"] == ["triage"]
    assert_problem(stored.call("alice", "POST", f"{store}/bindings/nobody"), 422)


def test_deleting_is_idempotent_and_takes_all_with_it(stored, store):
    stored.call("alice", "POST", f"{store}/bindings/triage")
    for _ in range(2):
        assert stored.call("alice", "DELETE", store).status_code == 204
    for path in ("", "/files"):
        assert_problem(stored.call("alice", "GET", f"{store}{path}"), 404)
    assert_problem(stored.call("alice", "POST", f"{store}/search", json={"query": "x"}), 404)


def test_a_store_can_be_deleted_while_it_is_filled(stored, store):
    def put(number):
        body = text(f"{number}", "zebra " * 300)
        return stored.call("alice", "POST", f"{store}/files", json=body).status_code

    with ThreadPoolExecutor(4) as pool:
        puts = pool.map(put, range(12))
        gone = pool.submit(stored.call, "alice", "DELETE", store)
        assert set(puts) <= {201, 404}
        assert gone.result().status_code == 204


OPERATIONS = [
    ("GET", "", None),
    ("GET", "/files", None),
    ("POST", "/files", text("x", "x")),
    ("POST", "/files/upload", {"filename": "x", "content": "x"}),
    ("GET", "/files/{file}", None),
    ("DELETE", "/files/{file}", None),
    ("POST", "/search", {"query": "week"}),
    ("POST", "/bindings/triage", None),
    ("DELETE", "/bindings/triage", None),
]


def test_another_tenant_cannot_tell_it_from_nothing(stored, store):
    file = stored.call("alice", "GET", f"{store}/files").json()["items"][0]["id"]
    for method, path, body in OPERATIONS:
        foreign = stored.call("bob", method, store + path.format(file=file), json=body)
        unknown = stored.call("bob", method, f"{V}/{UNKNOWN}" + path.format(file=file), json=body)
        assert_problem(foreign, 404)
        assert faceless(foreign) == faceless(unknown)
    assert stored.call("bob", "DELETE", store).status_code == 204
    assert stored.call("alice", "GET", store).json()["file_count"] == 3
    assert store.rpartition("/")[2] not in stored.call("bob", "GET", V).text


def test_a_viewer_reads_and_searches_only(stored, store):
    for method, path, body in OPERATIONS:
        if method != "GET" and path != "/search":
            answer = stored.call("carol", method, store + path.format(file=UNKNOWN), json=body)
            assert_problem(answer, 403)
    assert_problem(stored.call("carol", "DELETE", store), 403)
    assert_problem(stored.call("carol", "POST", V, json={"name": "x"}), 403)


@given(st.text(st.sampled_from("ab \n\u00e9"), max_size=3000))
def test_the_pieces_of_a_text_are_the_text(content):
    pieces = list(vector_index.pieces(content))
    assert "".join(pieces) == content
    assert all(0 < len(each) <= vector_index.PIECE for each in pieces)
