"""A broken document: its sound operations are tested, the broken ones are errors in their place."""

import json
import os
import signal
import subprocess

import pytest

from tests.apps import library
from tests.endtoend.suite import LONGEST, command, environment, troth
from tests.serving import ROOT


@pytest.fixture(scope="module")
def run(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    document = library.clean.openapi()
    missing = {"$ref": "#/components/parameters/Nope"}
    document["paths"]["/broken"] = {
        "get": {"parameters": [missing], "responses": {"200": {"description": "never"}}}
    }
    (folder / "broken.json").write_text(json.dumps(document))
    file = folder / "target.toml"
    file.write_text(f'[target]\nbase-url = "{serve("library:clean")}"\nspec = "broken.json"\n')
    return troth("--target", str(file), evidence=folder / "evidence")


def test_the_broken_operation_is_an_error_with_its_place(run):
    assert run.code == 1
    (said,) = run.said("error")
    assert said.startswith("FUZ101 GET /broken: ")
    assert "/paths/~1broken/get/parameters/0" in said
    assert "#/components/parameters/Nope" in run.text
    assert run.orderly()


def test_the_sound_ones_are_tested_all_the_same(run):
    passed = {each.split(":")[0] for each in run.said("pass")}
    assert len([each for each in passed if each.startswith("FUZ101")]) == 12
    assert run.findings == []


def test_an_interrupted_run_keeps_what_it_found(serve, tmp_path):
    evidence = tmp_path / "evidence"
    url = serve("library:app") + "/openapi.json"
    running = subprocess.Popen(
        command(
            "--target-url", url, "--hypothesis-profile", "nightly", "--evidence", str(evidence)
        ),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    history = evidence / "history.jsonl"
    try:
        for _ in range(600):
            if history.exists() and history.read_bytes().count(b"\n") > 300:
                break
            try:
                running.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail("it ended before it could be interrupted")
        os.kill(running.pid, signal.SIGINT)
        text = running.communicate(timeout=LONGEST)[0].decode("utf-8", "replace")
    finally:
        running.kill()
        running.communicate()
    assert running.returncode == 2, text
    assert "Traceback" not in text
    manifest = json.loads((evidence / "manifest.json").read_text())
    assert (manifest["state"], manifest["exit"]["code"]) == ("finished", 2)
    left = json.loads((evidence / "findings.json").read_text())
    assert left["findings"] != []
