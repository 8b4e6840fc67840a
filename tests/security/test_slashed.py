"""A service in the ways of Django is understood: nothing is said of it but what is planted."""

import pytest

from tests.apps import slashed
from tests.endtoend.suite import troth

TOML = """\
[target]
base-url = "{url}"
spec = "/schema/"
[principals]
ann = {{ api-key = {{ value = "${{SLASHED_KEY_ANN}}", header = "X-API-Key" }} }}
ben = {{ api-key = {{ value = "${{SLASHED_KEY_BEN}}", header = "X-API-Key" }} }}
"""
KEYS = {name: f"key-of-{name[-3:].lower()}-{place}c41f" for place, name in enumerate(slashed.KEYS)}


@pytest.fixture
def ask(serve, tmp_path):
    def asked(application, *more, suite):
        path = tmp_path / "target.toml"
        path.write_text(TOML.format(url=serve(f"slashed:{application}", **KEYS)))
        return troth(
            *("--target", str(path), "--no-shrink", *more),
            evidence=tmp_path / "evidence",
            profile="ci",
            suite=suite,
            **KEYS,
        )

    return asked


@pytest.mark.parametrize("suite", ["fuzz", "properties", "security"])
def test_the_clean_service_is_silent(ask, suite):
    run = ask("clean", suite=suite)
    assert run.roots() == [], run.text[-4000:]
    assert run.said("inconclusive") + run.said("error") == []
    assert run.code == 0


def test_all_of_it_is_reached_and_compared(ask):
    run = ask("clean", "-k", "happy_path or round_trip or pagination", suite="fuzz")
    passed = {
        (row["property"], row["operation"]) for row in run.verdicts if row["verdict"] == "pass"
    }
    assert {operation for key, operation in passed if key == "FUZ101"} == run.asked() - {None}
    assert {operation for key, operation in passed if key == "FUZ116"} >= {"PUT /tasks/{id}/"}
    assert {operation for key, operation in passed if key == "FUZ114"} == {
        "GET /projects/",
        "GET /tasks/",
    }


def test_what_is_written_by_a_stranger_is_seen(ask):
    run = ask("careless", "-k", "ownership", suite="security")
    assert {each["property"] for each in run.findings} == {"SEC302"}, run.text[-4000:]
    assert {each for one in run.findings for each in one["operations"]} == {"PUT /projects/{id}/"}
