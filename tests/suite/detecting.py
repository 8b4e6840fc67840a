"""Runs the suites on the reference service with one defect, in processes that start warm."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.endtoend.suite import Run, environment
from tests.serving import ROOT
from troth.cli.suites import available
from troth.defects import ask_warm

TARGET = ROOT / "conf" / "target.toml"
START = '{python}", "-m", "troth.reference", "--host", "127.0.0.1", "--port", "{port}"]'


@dataclass(frozen=True)
class Warm:
    """A process that forks services and runs."""

    socket: str
    folder: Path

    def run(self, name: str, operations: tuple[str, ...], profile: str) -> Run:
        """Ask the service with the defect ``name`` (empty: the clean one) of ``operations``."""
        folder = self.folder / (name or "clean")
        folder.mkdir()
        target, evidence, said = folder / "target.toml", folder / "evidence", folder / "said"
        target.write_text(self.target(name), "utf-8")
        arguments = [
            *available(),
            *("-p", "no:cacheprovider", "--no-shrink", "--hypothesis-profile", profile),
            *("--target", str(target), "--evidence", str(evidence)),
            *(each for operation in operations for each in ("--operation", operation)),
        ]
        with said.open("wb") as out:
            code = ask_warm.ask(
                self.socket,
                "run",
                *arguments,
                env=environment(),
                folder=str(ROOT),
                out=out.fileno(),
            )
        left = evidence / "findings.json"
        found = json.loads(left.read_text()) if left.exists() else {"findings": [], "verdicts": []}
        text = said.read_text("utf-8", "replace")
        return Run(code, text, evidence, found["findings"], found["verdicts"])

    def target(self, name: str) -> str:
        """The embedded target with another command that starts it."""
        text = TARGET.read_text("utf-8")
        assert text.count(START) == 1
        ask = json.dumps(["{python}", "-I", "-S", ask_warm.__file__, self.socket, "serve"])
        return text.replace(f'["{START}', f'{ask[:-1]}, "{name or "-"}", "{{port}}"]')


@contextmanager
def warm(folder: Path) -> Iterator[Warm]:
    """A warm process, until it is left. ``folder`` is short: a socket lies in it."""
    path = str(folder / "warm")
    running = subprocess.Popen(
        [sys.executable, "-m", "troth.defects.warm", path],
        cwd=ROOT,
        env={**os.environ, "CI": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with running:
        assert running.stdout.readline() == b"ready\n"
        try:
            yield Warm(path, folder)
        finally:
            running.stdin.close()
