"""A run that is killed has lost nothing of what it had seen."""

import json
import os
import signal
import subprocess

from tests.endtoend.suite import command, environment
from tests.serving import ROOT

ENOUGH = 25  # exchanges
PATIENCE = 600  # turns of a tenth of a second


def lines(path):
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def test_history_survives_sigkill(serve, tmp_path):
    url = serve("library:clean")
    evidence = tmp_path / "evidence"
    history = evidence / "history.jsonl"
    options = ("--hypothesis-profile", "nightly", "--evidence", str(evidence))
    running = subprocess.Popen(
        command("--target-url", f"{url}/openapi.json", *options),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        for _ in range(PATIENCE):
            if len(lines(history)) >= ENOUGH:
                break
            try:
                code = running.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"ended with {code} before it had sent {ENOUGH} requests")
    finally:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    left = lines(history)
    whole = [json.loads(line) for line in left if line.endswith(b"\n")]
    assert len(whole) >= ENOUGH
    assert len(left) - len(whole) <= 1
    assert [each["number"] for each in whole] == list(range(1, len(whole) + 1))
    assert json.loads((evidence / "manifest.json").read_text())
