"""Each planted defect is caught by what it names, and nothing else; the clean service is silent."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from troth.defects import catalogue
from troth.defects.detection import warm
from troth.errors import UsageError

THOROUGH = "TROTH_TEST_PROFILE" in os.environ


@pytest.fixture(scope="module")
def processes():
    with tempfile.TemporaryDirectory(prefix="troth-") as folder, warm(Path(folder)) as running:
        yield running


@pytest.mark.parametrize("name", catalogue.names())
def test_a_defect_is_caught_by_exactly_what_it_names(processes, name):
    """That no other property fails is asked by a nightly job, of all properties: it takes a quarter
    of an hour. A look-alike names nothing: no finding, and nothing inconclusive, where what it
    resembles is looked for.
    """
    defect = catalogue.defect(name)
    resembled = catalogue.defect(defect.lookalike_of) if defect.lookalike_of else defect
    if not THOROUGH:
        only = resembled.caught_by
        run = processes.run(name, defect.operations, defect.profile, only=only)
        if defect.lookalike_of or run.refuted() == set(defect.caught_by):
            _exact(run, defect)
            return
        # Some properties sum up what the others have seen.
    _exact(processes.run(name, defect.operations, defect.profile), defect)


def _exact(run, defect):
    assert run.refuted() == set(defect.caught_by), run.text[-6000:]
    assert run.said("error") == {}
    assert run.said("inconclusive").keys() <= set(defect.clouds), run.said("inconclusive")
    assert defect.lookalike_of or run.first(defect.caught_by) is not None


def test_the_clean_service_is_silent(processes):
    """On all that the defects are looked for on. In smoke: that a property is silent in ci is what
    each run shows whose defect does not name it.
    """
    every = {each for name in catalogue.names() for each in catalogue.defect(name).operations}
    run = processes.run("", tuple(sorted(every)), "smoke")
    assert run.findings == [], run.text[-6000:]
    assert {each["verdict"] for each in run.verdicts} == {"pass"}, run.said("inconclusive")


def test_an_unknown_defect_is_named_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean `cursor_is_ignored`"):
        catalogue.defect("cursor_ignored")


@pytest.fixture
def declared(monkeypatch):
    """Has the catalogue find what a module would declare."""

    def declare(**kwargs):
        found = replace(catalogue.defect("list_is_poisoned"), **kwargs)
        monkeypatch.setattr("troth.defects.list_is_poisoned.DEFECT", found)
        return catalogue.defect("list_is_poisoned")

    return declare


def test_a_look_alike_names_what_it_resembles(declared):
    found = declared(caught_by=(), lookalike_of="cursor_is_ignored", clouds=())
    assert found.lookalike_of == "cursor_is_ignored"


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"caught_by": ()}, "say what catches it"),
        ({"lookalike_of": "cursor_is_ignored"}, "caught by nothing"),
        ({"caught_by": (), "clouds": ("FUZ101",), "lookalike_of": "x"}, "clouds nothing"),
        ({"caught_by": (), "clouds": (), "lookalike_of": "x"}, "no defect `x`"),
        ({"caught_by": (), "clouds": (), "lookalike_of": "list_is_poisoned"}, "no defect"),
    ],
)
def test_a_defect_is_either_caught_or_looks_like_another(declared, kwargs, message):
    with pytest.raises(UsageError, match=message):
        declared(**kwargs)
