"""A fault of troth's own is an error on the terminal and in the exit code, never green."""

import pytest

from tests.endtoend.broken_judge import AT
from tests.endtoend.suite import troth


@pytest.fixture(scope="module")
def run(serve, tmp_path_factory):
    url = serve("library:clean") + "/openapi.json"
    plugin = ("-p", "tests.endtoend.broken_judge")
    return troth("--target-url", url, *plugin, evidence=tmp_path_factory.mktemp("own") / "e")


def test_the_run_is_red(run):
    assert run.code == 1, run.text


def test_it_is_shown(run):
    assert "a fault of our own" in run.text
    assert "Traceback" in run.text or "KeyError" in run.text


def test_it_is_no_pass(run):
    passed = {each.split(":")[0] for each in run.said("pass")}
    assert not passed & {f"FUZ102 {AT}", f"FUZ103 {AT}", f"FUZ104 {AT}"}


def test_the_other_operations_are_judged_all_the_same(run):
    passed = {each.split(":")[0] for each in run.said("pass")}
    assert {"FUZ102 GET /shelves", "FUZ103 GET /shelves"} <= passed


def test_the_evidence_is_whole(run):
    assert [each["number"] for each in run.history] == list(range(1, len(run.history) + 1))
