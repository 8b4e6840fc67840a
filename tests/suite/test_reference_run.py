"""The owner's command on the embedded service: everything reached, nothing found, twice alike."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.endtoend.suite import Run, troth

# All operations once, and one resource under every property: what two runs are compared by. The
# order of what one process does is the same however much there is of it.
PART = ("-k", "test_happy_path or conversations")

# Headers that say when and how long.
MEASURED = {"date", "content-length", "ratelimit-remaining", "ratelimit-reset", "server-timing"}
# What may differ between two runs: ids, times, codes, and what is made of them.
VOLATILE = (
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)"), "TIME"),
    (re.compile(r'("Sec-WebSocket-(?:Key|Accept)", )"[^"]*"'), r"\1NONCE"),
    (re.compile(r"(?<=;dur=)\d+\.\d+"), "MS"),  # how many statements it took stays
    (re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d"), "TIME"),  # RSS
    (re.compile(r'(?<=\\"code\\":\\")\d{6}'), "ONE-TIME"),  # in JSON within JSON
    (re.compile(r"\b[A-Z2-7]{16}\b"), "RECOVERY"),
    (re.compile(r"[A-Za-z0-9_-]{40,}"), "OPAQUE"),
    (re.compile(r"\b[0-9a-f]{16,}\b"), "HEX"),
)


def normalised(run: Run) -> list[str]:
    lines = []
    for record in run.history:
        record["started"] = record["elapsed_ms"] = None
        if record["operation"] == "GET /metrics":
            record["response"]["body"] = "COUNTERS"
        response = record["response"] or {"headers": []}
        response["headers"] = [
            pair for pair in response["headers"] if pair[0].lower() not in MEASURED
        ]
        text = json.dumps(record)
        for pattern, name in VOLATILE:
            text = pattern.sub(name, text)
        lines.append(text)
    return lines


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The one run of everything."""
    return troth(evidence=tmp_path_factory.mktemp("whole") / "e")


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Two runs of a part, beside each other: neither may see that the other is there."""
    folder = tmp_path_factory.mktemp("twice")
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda each: troth(*PART, evidence=folder / each), "ab"))


def test_every_operation_is_reached_and_nothing_is_found(whole):
    assert whole.code == 0, whole.text[-3000:]
    assert whole.findings == []
    assert {each["verdict"] for each in whole.verdicts} == {"pass"}
    reached = [each["operation"] for each in whole.verdicts if each["property"] == "FUZ101"]
    assert len(reached) == len(set(reached)) >= 150
    assert f"{len(reached)} of {len(reached)} operations reached" in whole.text


def test_two_runs_make_the_same_exchanges(twice):
    assert [each.code for each in twice] == [0, 0], twice[0].text[-3000:]
    first, second = map(normalised, twice)
    differing = [(a, b) for a, b in zip(first, second, strict=False) if a != b]
    assert differing[:1] == []
    assert len(first) == len(second) > 300


def test_the_evidence_is_whole_and_holds_no_token(whole):
    from troth.evidence.manifest import verify

    assert verify(whole.evidence) == []
    names = {each.name for each in whole.evidence.iterdir()}
    assert {"manifest.json", "history.jsonl", "findings.json", "junit.xml"} <= names
    for file in whole.evidence.iterdir():
        assert not re.search(r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", file.read_text())
