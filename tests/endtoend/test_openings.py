"""What a run sends before its first test, and what slowed it down, is on record."""

import json

from tests.endtoend.suite import troth


def happy(url, tmp_path, *more):
    file = tmp_path / "target.toml"
    file.write_text(f'[target]\nbase-url = "{url}"\n')
    arguments = ("--target", str(file), "-k", "test_happy_path", *more)
    return troth(*arguments, evidence=tmp_path / "evidence")


def manifest(run):
    return json.loads((run.evidence / "manifest.json").read_text())


def test_every_exchange_is_in_the_history_whoever_had_it(serve, tmp_path):
    run = happy(serve("shapes:misplaced_alone"), tmp_path, "-n", "1")
    assert run.code == 0, run.text
    openings = [each for each in run.history if each["operation"] is None]
    assert {each["purpose"].partition("`")[0] for each in openings} == {
        "look for the document",
        "is the service below ",
    }
    # Once where all is begun, and once in the worker.
    assert [each["number"] for each in run.history].count(1) == 2
    assert manifest(run)["counts"]["exchanges"] == len(run.history)
    assert "slowed" not in manifest(run)


def test_a_limit_that_slowed_the_run_is_told(serve, tmp_path):
    run = happy(serve("shapes:limited"), tmp_path)
    said = manifest(run)["slowed"]
    assert "answered 429 to" in said
    assert json.loads((run.evidence / "reached.json").read_text())["slowed"] == said
    assert f"slowed {said}" in run.text
    assert manifest(run)["counts"]["exchanges"] == len(run.history)
