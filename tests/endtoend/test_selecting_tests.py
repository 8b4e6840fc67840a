"""One operation, one test, last failures, two workers: pytest's own ways of choosing work."""

import re

import pytest

from tests.endtoend.suite import troth

SEARCH = "GET /search"


@pytest.fixture(scope="module")
def url(serve):
    return serve("library:app") + "/openapi.json"


def test_operation_limits_the_run(url, tmp_path):
    run = troth("--target-url", url, "--operation", "GET /shelves", evidence=tmp_path / "e")
    assert run.asked() == {"GET /shelves"}
    assert run.said("pass")


def test_operation_takes_the_id_too_and_repeats(url, tmp_path):
    names = ("--operation", "search_search_get", "--operation", "POST /shelves")
    run = troth("--target-url", url, *names, evidence=tmp_path / "e")
    assert run.asked() == {SEARCH, "POST /shelves"}


def test_a_node_id_selects_one_test(url, tmp_path):
    node = f"fuzz/test_happy_path.py::test_happy_path[{SEARCH}]"
    run = troth("--target-url", url, evidence=tmp_path / "e", suite=node)
    assert [(row["property"], row["operation"]) for row in run.verdicts] == [("FUZ101", SEARCH)]
    assert "1 passed" in run.text


def test_k_selects(url, tmp_path):
    run = troth("--target-url", url, "-k", "happy_path and search", evidence=tmp_path / "e")
    assert [(row["property"], row["operation"]) for row in run.verdicts] == [("FUZ101", SEARCH)]


def test_last_failures_alone_run_again(url, tmp_path):
    cache = ("-o", f"cache_dir={tmp_path / 'cache'}")
    chosen = ("--target-url", url, "--operation", "GET /shelves")
    first = troth(*chosen, *cache, evidence=tmp_path / "one", cache=True)
    failed = {each.split(":")[0] for each in first.said("fail")}
    assert failed  # the wrong Allow
    again = troth(*chosen, *cache, "--lf", evidence=tmp_path / "two", cache=True)
    assert {each.split(":")[0] for each in again.said("fail")} == failed
    assert len(again.verdicts) < len(first.verdicts)


def test_two_workers_find_what_one_finds(url, tmp_path):
    one = troth("--target-url", url, evidence=tmp_path / "one")
    two = troth("--target-url", url, "-n", "2", evidence=tmp_path / "two")
    assert two.code == one.code == 1
    assert two.roots() == one.roots()
    assert {(row["property"], row["operation"]) for row in two.verdicts} == {
        (row["property"], row["operation"]) for row in one.verdicts
    }
    assert two.history
    assert not list((tmp_path / "two").glob("history-*"))


def test_requests_are_printed_a_line_each_without_values(url, tmp_path):
    run = troth(
        "--target-url", url, "--requests", evidence=tmp_path / "e", suite="fuzz/test_happy_path.py"
    )
    lines = [line for line in run.text.splitlines() if re.match(r" *[0-9]+  \S+ +[A-Z]+ /", line)]
    # How the target was opened is in the history, and no line: the document was read.
    assert [each["operation"] for each in run.history].index("GET /shelves") == 1
    assert len(lines) == len(run.history) - 1
    assert any(re.search(r"GET /shelves +200 in [0-9]+ ms$", line) for line in lines)
    assert not any("?" in line for line in lines)
