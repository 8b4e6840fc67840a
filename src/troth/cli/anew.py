"""Asks a property anew, where sending a history again cannot tell whether it still fails.

What is wrong with a list is seen in several pages together, and what an interrupt does while a
stream is open: the property compares, and so it has to ask.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from troth.cli.run import arguments_of_pytest
from troth.cli.suites import available, declared, folder
from troth.errors import UsageError
from troth.evidence.findings import FindingRecord, read_findings
from troth.replay import Replay
from troth.verdict import Verdict

LONG = "nightly"
ANSWERED = (0, 1)
"""pytest's exit codes of a run that was one."""


def anew(record: FindingRecord, *, profile: str, target: str | None, url: str | None) -> Replay:
    """What the property of a finding says now of the operations that it was seen on."""
    finding = record.finding
    test = _test(finding.property)
    if test is None:
        return Replay(None, (), f"this troth has no property {finding.property} to ask anew")
    suite, name = test
    arguments = [suite, "-q", "-k", name, "-p", "no:cacheprovider", "--no-shrink"]
    # What a night found with luck, minutes will not: its history is what there is.
    arguments += ["--hypothesis-profile", "ci" if profile in {"", LONG} else profile]
    arguments += [part for each in finding.operations for part in ("--operation", each)]
    arguments += ["--target", target] if target else []
    arguments += ["--target-url", url] if url else []
    with TemporaryDirectory(prefix="troth-") as scratch:
        evidence = Path(scratch) / "evidence"
        command = [sys.executable, "-m", "pytest", *arguments_of_pytest(tuple(arguments))]
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [*command, "--evidence", str(evidence)], capture_output=True, text=True, check=False
        )
        if done.returncode not in ANSWERED:
            said = (done.stderr or done.stdout).strip().splitlines()
            return Replay(None, (), f"asked anew, it ended with {said[-1] if said else 'nothing'}")
        try:
            file = read_findings(evidence / "findings.json")
        except UsageError as error:
            return Replay(None, (), f"asked anew, it left nothing: {error}")
    if any(each.id == record.id for each in file.findings):
        return Replay(
            still_fails=True, exchanges=(), message="still fails: the property was asked anew"
        )
    own = [each for each in file.verdicts if each.property == finding.property]
    open_ = [each for each in own if each.verdict is Verdict.INCONCLUSIVE]
    if open_ or not own:
        why = open_[0].reason if open_ else "nothing was asked"
        return Replay(None, (), f"asked anew, it could not be answered: {why}")
    return Replay(
        still_fails=False,
        exchanges=(),
        message="does not fail any more: the property was asked anew",
    )


def _test(property_id: str) -> tuple[str, str] | None:
    """The suite and the name of the test that asks a property."""
    slugs = (prop.slug for prop, _ in declared() if prop.id == property_id)
    name = f"test_{next(slugs, property_id).replace('-', '_')}"
    found = (suite for suite in available() if (folder(suite) / f"{name}.py").is_file())
    suite = next(found, None)
    return (suite, name) if suite is not None else None
