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
from troth.evidence.findings import FindingRecord, FindingsFile, VerdictRow, read_findings
from troth.replaying.replay import Replay
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
    arguments += ["--target", target] if target else []
    arguments += ["--target-url", url] if url else []
    only = [part for each in finding.operations for part in ("--operation", each)]
    found = _asked([*arguments, *only])
    own = _own(found, finding.property)
    if only and isinstance(found, FindingsFile) and not own:
        # It is asked of something that is made of other operations.
        found = _asked(arguments)
        own = _own(found, finding.property)
    if not isinstance(found, FindingsFile):
        return Replay(None, (), f"asked anew, {found}")
    if any(each.id == record.id for each in found.findings):
        said = "still fails: the property was asked anew"
        return Replay(still_fails=True, exchanges=(), message=said)
    open_ = [each for each in own if each.verdict is Verdict.INCONCLUSIVE]
    if open_ or not own:
        why = open_[0].reason if open_ else "nothing was asked"
        return Replay(None, (), f"asked anew, it could not be answered: {why}")
    said = "does not fail any more: the property was asked anew"
    return Replay(still_fails=False, exchanges=(), message=said)


def _asked(arguments: list[str]) -> FindingsFile | str:
    """What a run of the property left, or why it left nothing."""
    with TemporaryDirectory(prefix="troth-") as scratch:
        evidence = Path(scratch) / "evidence"
        command = [sys.executable, "-m", "pytest", *arguments_of_pytest(tuple(arguments))]
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [*command, "--evidence", str(evidence)], capture_output=True, text=True, check=False
        )
        if done.returncode not in ANSWERED:
            said = (done.stderr or done.stdout).strip().splitlines()
            return f"it ended with {said[-1] if said else 'nothing'}"
        try:
            return read_findings(evidence / "findings.json")
        except UsageError as error:
            return f"it left nothing: {error}"


def _own(found: FindingsFile | str, property_id: str) -> list[VerdictRow]:
    rows = found.verdicts if isinstance(found, FindingsFile) else ()
    return [each for each in rows if each.property == property_id]


def _test(property_id: str) -> tuple[str, str] | None:
    """The suite and the name of the test that asks a property."""
    slugs = (prop.slug for prop, _ in declared() if prop.id == property_id)
    name = f"test_{next(slugs, property_id).replace('-', '_')}"
    found = (suite for suite in available() if (folder(suite) / f"{name}.py").is_file())
    suite = next(found, None)
    return (suite, name) if suite is not None else None
