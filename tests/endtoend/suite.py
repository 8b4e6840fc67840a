"""Runs `pytest fuzz` as a person does, in a process of its own, and reads what it leaves behind."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from os import environ
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tests.serving import ROOT
from troth import cli

LONGEST = 560  # seconds; pytest-timeout ends the test itself at 600


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    code: int
    text: str
    evidence: Path
    findings: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def history(self) -> list[dict[str, Any]]:
        """The exchanges, in the order in which they were recorded."""
        lines = (self.evidence / "history.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def said(self, verdict: str) -> list[str]:
        """The rows of one verdict, a line each."""
        return [
            f"{row['property']} {row['operation']}: {row['reason']}"
            for row in self.verdicts
            if row["verdict"] == verdict
        ]

    def asked(self) -> set[str]:
        """The operations that there are verdicts on."""
        return {row["operation"] for row in self.verdicts}

    def roots(self) -> list[str]:
        """Property and root cause of every finding."""
        return sorted(f"{each['property']} {each['root']}" for each in self.findings)

    def orderly(self) -> bool:
        """Whether nothing of troth's own broke: no traceback, no internal error."""
        return "Traceback" not in self.text and "INTERNALERROR" not in self.text


def command(*arguments: str, suite: str = "fuzz") -> list[str]:
    """The command line of a run."""
    return [sys.executable, "-m", "pytest", suite, "-p", "no:cacheprovider", *arguments]


def environment(**more: str) -> dict[str, str]:
    """Ours, without what would change how the run behaves."""
    ours = {name: value for name, value in environ.items() if not name.startswith("PYTEST_")}
    return {**ours, "CI": "", "COLUMNS": "200", **more}


def troth(
    *arguments: str,
    evidence: Path,
    profile: str = "smoke",
    suite: str = "fuzz",
    cache: bool = False,
    **env: str,
) -> Run:
    """Run ``suite`` to its end."""
    line = command(
        "--hypothesis-profile", profile, "--evidence", str(evidence), *arguments, suite=suite
    )
    if cache:
        line = [each for each in line if each not in {"-p", "no:cacheprovider"}]
    done = subprocess.run(
        line,
        cwd=ROOT,
        env=environment(**env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=LONGEST,
        check=False,
    )
    text = done.stdout.decode("utf-8", "replace")
    left = evidence / "findings.json"
    said = json.loads(left.read_text()) if left.exists() else {"findings": [], "verdicts": []}
    return Run(done.returncode, text, evidence, said["findings"], said["verdicts"])


def reproduce(finding: dict[str, Any], **env: str) -> tuple[int, dict[str, str], bytes]:
    """Run the curl line of ``finding``: status, headers (lower case) and body."""
    done = subprocess.run(
        ["/bin/sh", "-c", finding["curl"]],
        env={**environ, **env},
        capture_output=True,
        timeout=30,
        check=True,
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in rest if ": " in line)
    headers = {name.lower(): value for name, value in pairs}
    return int(first.split(" ")[1]), headers, body


def replay(run: Run, finding: dict[str, Any], *where: str, **env: str) -> tuple[int, str]:
    """`troth replay` of ``finding`` on the service at ``where``: exit code and what was said.

    Within this process: findings are many, and each of their own would import everything anew.
    """
    line = ["replay", finding["id"], "--evidence", str(run.evidence), *where]
    more = {"CI": "", "COLUMNS": "200", **env}
    done = CliRunner().invoke(cli.troth, line, env=more, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.return_value or 0, done.output  # as `main` says it to the shell
