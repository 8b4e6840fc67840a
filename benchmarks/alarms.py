"""What either tool told of a service, told alike: a check, an operation, and what was seen.

troth's are its findings, one for each operation that a finding names. `st run`'s are all checks
that failed, shown on its terminal or not, and what it calls errors: a dropped connection is one.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

MOST = 2000
"""Characters of a body that are kept."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One complaint. ``at`` is when what shows it was answered, in seconds since 1970."""

    tool: str
    check: str
    operation: str
    text: str
    at: float

    @property
    def whole(self) -> str:
        """What the patterns of a known cause are looked for in."""
        return f"{self.check} {self.operation}\n{self.text}"


def of_troth(findings: Iterable[Mapping[str, Any]]) -> Iterator[Alarm]:
    """The findings of `findings.json`, each on each of its operations."""
    for finding in findings:
        seen = [_shown(each) for each in finding["history"]]
        at = max((_ended(each) for each in finding["history"]), default=inf)
        text = "\n".join((finding["message"], finding["root"], *seen))
        for operation in finding["operations"] or [""]:
            yield Alarm("troth", finding["property"], operation, text, at)


def of_st(events: Iterable[Mapping[str, Any]]) -> Iterator[Alarm]:
    """The checks that failed, and the errors, of an event stream (`--report ndjson`)."""
    for event in events:
        for name, told in event.items():
            if name == "ScenarioFinished":
                yield from _failed(told)
            elif name in {"NonFatalError", "FatalError"}:
                value = told.get("value") or told.get("exception") or {}
                kind, message = value.get("type", name), value.get("message", "")
                yield Alarm("st run", kind, told.get("label", ""), message, told["timestamp"])


def _failed(scenario: Mapping[str, Any]) -> Iterator[Alarm]:
    recorder = scenario["recorder"]
    interactions = recorder.get("interactions", {})
    for case, checks in recorder.get("checks", {}).items():
        for check in checks:
            if check["status"] == "success":
                continue
            failure = check["failure_info"]["failure"]
            interaction = interactions.get(case)
            shown = _interaction(interaction) if interaction else ""
            at = interaction["timestamp"] if interaction else scenario["timestamp"]
            operation = failure["operation"] or recorder["label"]
            text = "\n".join((failure["title"], failure["message"], shown))
            yield Alarm("st run", check["name"], operation, text, at)


def _interaction(interaction: Mapping[str, Any]) -> str:
    request, response = interaction["request"], interaction.get("response") or {}
    line = f"{request['method']} {request['uri']} -> {response.get('status_code', 'nothing')}"
    return "\n".join((line, _text(request.get("body")), _text(response.get("content"))))


def _shown(exchange: Mapping[str, Any]) -> str:
    request, response = exchange["request"], exchange.get("response") or {}
    line = f"{request['method']} {request['url']} -> {response.get('status', 'nothing')}"
    return "\n".join((line, _text(request.get("body")), _text(response.get("body"))))


def _ended(exchange: Mapping[str, Any]) -> float:
    started = datetime.fromisoformat(exchange["started"]).timestamp()
    return started + float(exchange["elapsed_ms"] or 0) / 1000


def _text(body: Any) -> str:
    if isinstance(body, Mapping) and "$base64" in body:
        body = base64.b64decode(body["$base64"]).decode("utf-8", "backslashreplace")
    written = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    return written[:MOST]


def read(tool: str, folder: Path) -> list[Alarm]:
    """What ``tool`` left in ``folder``."""
    if tool == "troth":
        found = json.loads((folder / "evidence" / "findings.json").read_text("utf-8"))
        return list(of_troth(found["findings"]))
    with (folder / "st.ndjson").open(encoding="utf-8") as lines:
        return list(of_st(json.loads(line) for line in lines))
