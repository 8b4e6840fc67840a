"""Each planted defect is caught by exactly the properties it names; the clean service is silent."""

import tempfile
from pathlib import Path

import pytest

from tests.suite.detecting import warm
from troth.defects import catalogue


@pytest.fixture(scope="module")
def processes():
    with tempfile.TemporaryDirectory(prefix="troth-") as folder, warm(Path(folder)) as running:
        yield running


@pytest.mark.parametrize("name", catalogue.names())
def test_a_defect_is_caught_by_exactly_what_it_names(processes, name):
    defect = catalogue.defect(name)
    run = processes.run(name, defect.operations, defect.profile)
    failing = {each["property"] for each in run.verdicts if each["verdict"] == "fail"}
    found = {each["property"] for each in run.findings}
    assert (failing | found) == set(defect.caught_by), f"{run.roots()}\n{run.text[-6000:]}"
    assert run.said("error") == []
    unanswered = {each["property"] for each in run.verdicts if each["verdict"] == "inconclusive"}
    assert unanswered <= set(defect.clouds), run.said("inconclusive")


def test_the_clean_service_is_silent(processes):
    every = {each for name in catalogue.names() for each in catalogue.defect(name).operations}
    run = processes.run("", tuple(sorted(every)), "ci")
    assert run.findings == [], run.text[-6000:]
    assert {each["verdict"] for each in run.verdicts} == {"pass"}
