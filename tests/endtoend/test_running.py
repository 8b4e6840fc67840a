"""What runs behind streams and requests ends, stops and outlives a restart; or is found not to."""

import pytest

from tests.endtoend.suite import troth
from tests.serving import ROOT

TARGET = """
[target]
app     = "tests.apps.jobs:app"
folder  = "{root}"
spec    = "/openapi.json"
restart = true
[target.env]
JOBS_FOLDER = "{{scratch}}"
JOBS_FAULTS = "{faults}"
[streams.run]
operation = "run"
terminal  = ["end"]
id        = {{ event = "begin", pointer = "/id" }}
state     = {{ operation = "readRun", pointer = "/state", running = ["running"] }}
interrupt = "stopRun"
resume    = "goOn"
within    = 1.5
[background.job]
start  = "begin"
state  = {{ operation = "readJob", pointer = "/state", running = ["working"] }}
cancel = "cancel"
within = 2
stops-within = 0.2
"""
OURS = ("PRO208", "PRO209", "PRO210")


@pytest.fixture(scope="module")
def run_on(tmp_path_factory):
    def run(*faults, only=()):
        folder = tmp_path_factory.mktemp("running")
        text = TARGET.format(root=ROOT, faults=",".join(faults))
        (folder / "target.toml").write_text(text)
        narrowed = [each for name in only for each in ("--operation", name)]
        arguments = ("--target", str(folder / "target.toml"), *narrowed)
        evidence = folder / "evidence"
        return troth(*arguments, evidence=evidence, profile="ci", suite="properties")

    return run


def ours(run):
    return {each for each in run.roots() if each.startswith(OURS)}


def test_what_ends_stops_and_stays_is_silent(run_on):
    run = run_on(only=("run", "begin", "readNote"))
    assert ours(run) == set(), run.text
    assert [each for each in run.said("inconclusive") if each.startswith(OURS)] == []
    passed = {row["property"] for row in run.verdicts if row["verdict"] == "pass"}
    assert passed >= set(OURS), run.text


@pytest.mark.parametrize(
    ("fault", "only", "root"),
    [
        ("ends running", "run", "PRO209 a run of POST /runs still runs when its stream has ended"),
        ("keeps the run", "run", "PRO209 a run of POST /runs whose client has vanished goes on"),
        (
            "deaf",
            "run",
            "PRO209 a run of POST /runs that was interrupted comes to its end all the same",
        ),
        (
            "can not go on",
            "run",
            "PRO209 a run of POST /runs that was interrupted can not be gone on with",
        ),
        ("endless", "begin", "PRO210 what POST /jobs begins does not end"),
        (
            "goes on",
            "begin",
            "PRO210 what POST /jobs begins goes on after POST /jobs/{id}/cancel",
        ),
        ("forgets", "readNote", "PRO208 what GET /notes/{id} shows is gone after a restart"),
    ],
)
def test_each_fault_is_found(run_on, fault, only, root):
    run = run_on(fault, only=(only,))
    assert ours(run) == {root}, run.text


def test_a_frame_for_what_is_no_websocket_is_refused(run_on, tmp_path):
    text = TARGET.format(root=ROOT, faults="")
    (tmp_path / "target.toml").write_text(text + '[operations.run]\nsend = { type = "x" }\n')
    arguments = ("--target", str(tmp_path / "target.toml"))
    run = troth(*arguments, evidence=tmp_path / "evidence", suite="properties")
    assert run.code == 2
    assert "[operations.run] has `send`, and POST /runs is no WebSocket; write `body`" in run.text
