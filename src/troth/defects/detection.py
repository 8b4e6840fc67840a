"""Runs the suites on the reference service with one defect, in processes that start warm."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from troth.cli.suites import available, declared, folder
from troth.config.places import conf_dir
from troth.defects import ask_warm
from troth.errors import UsageError

_START: Final = '["{python}", "-m", "troth.reference", "--host", "127.0.0.1", "--port", "{port}"]'


@dataclass(frozen=True)
class Detection:
    """What one run came to: pytest's exit code, what it printed, and the folder of evidence."""

    code: int
    text: str
    evidence: Path

    @cached_property
    def _left(self) -> dict[str, Any]:
        path = self.evidence / "findings.json"
        found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return found

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings, as `findings.json` has them."""
        return list(self._left.get("findings", ()))

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        """The verdicts, as `findings.json` has them."""
        return list(self._left.get("verdicts", ()))

    def refuted(self) -> set[str]:
        """The properties that failed, or of which there are findings."""
        failed = {each["property"] for each in self.verdicts if each["verdict"] == "fail"}
        return failed | {each["property"] for each in self.findings}

    def said(self, verdict: str) -> dict[str, str]:
        """The reasons of one verdict, by property; one each."""
        rows = [each for each in self.verdicts if each["verdict"] == verdict]
        return {each["property"]: f"{each['operation']}: {each['reason']}" for each in rows}

    def first(self, properties: tuple[str, ...]) -> tuple[int, float] | None:
        """How many requests and seconds it took to one that shows a finding of ``properties``;
        None when there is none. Both count from the first exchange.
        """
        shown = [
            each["history"][-1]["number"]
            for each in self.findings
            if each["property"] in properties and each["history"]
        ]
        if not shown:
            return None
        lines = (self.evidence / "history.jsonl").read_text("utf-8").splitlines()
        history = {each["number"]: each for each in map(json.loads, lines)}
        began, last = (datetime.fromisoformat(history[n]["started"]) for n in (1, min(shown)))
        took = (history[min(shown)]["elapsed_ms"] or 0) / 1000
        return min(shown), (last - began).total_seconds() + took

    def exchanges(self) -> int:
        """How many there were in all."""
        return len((self.evidence / "history.jsonl").read_bytes().splitlines())


@dataclass(frozen=True)
class Warm:
    """A process that forks services and runs, at ``socket``; runs leave their evidence below
    ``folder``.
    """

    socket: str
    folder: Path

    def run(
        self,
        name: str,
        operations: tuple[str, ...],
        profile: str,
        *,
        only: tuple[str, ...] = (),
        options: tuple[str, ...] = (),
    ) -> Detection:
        """Ask the service with the defect ``name`` (empty: the clean one) of ``operations``, all
        properties or ``only`` those, with more ``options`` of pytest.
        """
        below = self.folder / f"{name or 'clean'}-{profile}{'-only' if only else ''}"
        below.mkdir()
        target, evidence, said = below / "target.toml", below / "evidence", below / "said"
        target.write_text(self._target(name), "utf-8")
        ours = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        arguments = [
            *(str(folder(each)) for each in available()),
            *("-p", "no:cacheprovider", "--no-shrink", "--hypothesis-profile", profile),
            *("--target", str(target), "--evidence", str(evidence)),
            *(each for operation in operations for each in ("--operation", operation)),
            *(("-k", " or ".join(_tests(only))) if only else ()),
            *options,
        ]
        with said.open("wb") as out:
            code = ask_warm.ask(
                self.socket,
                "run",
                *arguments,
                env={**ours, "CI": "", "COLUMNS": "200"},
                folder=str(conf_dir().parent),
                out=out.fileno(),
            )
        return Detection(code, said.read_text("utf-8", "replace"), evidence)

    def _target(self, name: str) -> str:
        """The embedded target with another command that starts it."""
        text = (conf_dir() / "target.toml").read_text("utf-8")
        if text.count(_START) != 1:
            raise UsageError(f"conf/target.toml does not start the service by {_START}")
        ask = json.dumps(["{python}", "-I", "-S", ask_warm.__file__, self.socket, "serve"])
        return text.replace(_START, f'{ask[:-1]}, "{name or "-"}", "{{port}}"]')


def _tests(properties: tuple[str, ...]) -> list[str]:
    """The names of the tests that ask these properties."""
    slugs = {prop.id: prop.slug for prop, _ in declared()}
    return [f"test_{slugs[each].replace('-', '_')}" for each in properties]


@contextmanager
def warm(folder: Path) -> Iterator[Warm]:
    """A warm process, until it is left. The path of ``folder`` is short: a socket lies in it."""
    path = str(folder / "warm")
    running = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "troth.defects.warm", path],
        cwd=conf_dir().parent,
        env={**os.environ, "CI": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with running:
        assert running.stdin is not None
        assert running.stdout is not None
        if running.stdout.readline() != b"ready\n":
            raise UsageError("the process that forks services and runs did not start")
        try:
            yield Warm(path, folder)
        finally:
            running.stdin.close()
