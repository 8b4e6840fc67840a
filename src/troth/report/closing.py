"""The end of a run: the policy's decision, and the files that only the end can write."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from troth.evidence import manifest
from troth.evidence.directory import write_json
from troth.evidence.findings import write_findings
from troth.evidence.jsonl import merge_histories
from troth.evidence.junit import redact_junit
from troth.evidence.roles import NAME as ROLES
from troth.evidence.roles import write_roles
from troth.finding import collect
from troth.policy import described, judge, waiver
from troth.report.attained import as_json, attained, share
from troth.report.outcome import Judgement, Outcome
from troth.runner.plan import Plan

ATTAINED = "reached.json"
INTERNAL = (2, 3, 4)
"""pytest's exit codes for an interrupted run, an internal error and bad usage: kept as they are."""


@dataclass
class Closing:
    """Knows where evidence goes; `begin` when the target is open, `end` when all is said."""

    plan: Plan
    directory: Path
    started: datetime
    command: tuple[str, ...]
    failed: str = ""

    def begin(self, facts: dict[str, Any]) -> None:
        """Write the manifest of a run that has begun: a killed run is known by it."""
        manifest.start(
            self.directory, self._facts(facts), now=self.started, redactor=self.plan.redactor
        )

    def judge(self, outcome: Outcome, code: int) -> Judgement:
        """What the policy makes of it. ``code`` is pytest's own."""
        policy, today = self.plan.policy, self.started.date()
        found = collect(outcome.found)
        known = {each.fingerprint: waiver(policy, each.fingerprint, today) for each in found}
        waived = {name: described(each) for name, each in known.items() if each is not None}
        reached = outcome.reached(waived)
        if self.plan.demanded and not reached[1]:
            # FUZ101 was not asked: whoever was served by the way counts.
            reached = share(attained(outcome))
        decided = judge(
            policy,
            [(row.property, row.verdict, row.reason) for row in outcome.rows.values()],
            found,
            reached,
            today,
        )
        reasons = decided.reasons
        failed = outcome.facts.get("failed")
        if failed:
            reasons = (*reasons, str(failed))
        if code and code not in INTERNAL and not reasons:
            # pytest counts what no verdict speaks of: a fixture that failed, a test of one's own.
            reasons = ("tests failed that are not about a verdict; see above",)
        elif code not in INTERNAL:
            code = 1 if reasons else 0
        return Judgement(code, reasons, decided.notes, waived)

    def end(self, outcome: Outcome, judgement: Judgement) -> None:
        """Write findings and manifest. Raises UsageError when the disk does not take them."""
        redactor = self.plan.redactor
        parts = sorted(self.directory.glob("history-*.jsonl"))
        if parts:
            merge_histories(parts, self.directory / "history.jsonl")
        write_findings(
            self.directory / "findings.json",
            target=self.plan.name,
            findings=outcome.findings,
            waived=judgement.waived,
            verdicts=sorted(
                outcome.rows.values(), key=lambda row: (row.property, row.operation or "")
            ),
            notes=[
                *judgement.notes,
                *outcome.facts.get("drift", ()),
                *(
                    f"{name} {operation or ''}: gated: {reason}"
                    for (name, operation), reason in sorted(
                        outcome.gated.items(), key=lambda each: (each[0][0], each[0][1] or "")
                    )
                ),
            ],
            redactor=redactor,
        )
        cells = dict(outcome.facts.get("roles", {}))
        write_roles(self.directory / ROLES, target=self.plan.name, cells=cells, redactor=redactor)
        slowed = str(outcome.facts.get("slowed", ""))
        found = as_json(attained(outcome)) | ({"slowed": slowed} if slowed else {})
        write_json(self.directory / ATTAINED, redactor.value(found))
        junit = self.directory / "junit.xml"
        if junit.exists():
            redact_junit(junit, redactor)
        manifest.finish(
            self.directory,
            self._facts(outcome.facts),
            started=self.started,
            now=datetime.now(UTC),
            counts={
                "exchanges": int(outcome.facts.get("exchanges", outcome.exchanges)),
                "findings": len(outcome.findings),
                "waived": sum(each.fingerprint in judgement.waived for each in outcome.findings),
                "verdicts": len(outcome.rows),
                "gated": len(outcome.gated),
            },
            exit_code=judgement.code,
            exit_reasons=judgement.reasons,
            slowed=slowed,
            redactor=redactor,
        )

    def _facts(self, facts: dict[str, Any]) -> manifest.Facts:
        return manifest.Facts(
            target=self.plan.name,
            base_url=str(facts.get("base_url", "")),
            document=dict(facts.get("document", {})),
            profile=str(facts.get("profile", "")),
            seed=str(facts.get("seed", "")),
            command=self.command,
            sockets=tuple(facts.get("sockets", ())),
        )


__all__ = ["Closing"]
