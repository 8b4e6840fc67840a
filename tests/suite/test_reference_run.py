"""The owner's command on the embedded service: everything reached, nothing found, twice alike."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What may differ between two runs: ids, times, and what is made of them.
VOLATILE = (
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "TIME"),
    (re.compile(r"[A-Za-z0-9_-]{40,}"), "OPAQUE"),
    (re.compile(r"\b[0-9a-f]{16,}\b"), "HEX"),
)


def run(directory: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "fuzz", "--hypothesis-profile", "smoke"]
    return subprocess.run(
        [*command, "--evidence", str(directory), "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def normalised(directory: Path) -> list[str]:
    lines = []
    for line in (directory / "history.jsonl").read_text().splitlines():
        record = json.loads(line)
        record["started"] = record["elapsed_ms"] = None
        if record["operation"] == "GET /metrics":
            record["response"]["body"] = "COUNTERS"
        response = record["response"] or {"headers": []}
        response["headers"] = [
            pair
            for pair in response["headers"]
            if pair[0].lower()
            not in {"date", "content-length", "ratelimit-remaining", "ratelimit-reset"}
        ]
        text = json.dumps(record)
        for pattern, name in VOLATILE:
            text = pattern.sub(name, text)
        lines.append(text)
    return lines


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    directories = [tmp_path_factory.mktemp("evidence") for _ in range(2)]
    return [(run(directory), directory) for directory in directories]


def test_every_operation_is_reached_and_nothing_is_found(runs):
    for process, directory in runs:
        assert process.returncode == 0, process.stdout[-3000:]
        found = json.loads((directory / "findings.json").read_text())
        assert found["findings"] == []
        verdicts = found["verdicts"]
        assert {each["verdict"] for each in verdicts} == {"pass"}
        reached = [each["operation"] for each in verdicts if each["property"] == "FUZ101"]
        assert len(reached) == len(set(reached)) >= 30
        assert f"{len(reached)} of {len(reached)} operations reached" in process.stdout


def test_two_runs_make_the_same_exchanges(runs):
    first, second = (normalised(directory) for _, directory in runs)
    assert len(first) == len(second) > 300
    differing = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    assert differing[:1] == []


def test_the_evidence_is_whole_and_holds_no_token(runs):
    from troth.evidence.manifest import verify

    for _, directory in runs:
        assert verify(directory) == []
        names = {each.name for each in directory.iterdir()}
        assert {"manifest.json", "history.jsonl", "findings.json", "junit.xml"} <= names
        for file in directory.iterdir():
            assert not re.search(r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", file.read_text())
