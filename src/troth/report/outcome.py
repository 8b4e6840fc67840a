"""What the tests of a run came to, gathered from their reports: one process or several."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from troth.attained import merged as both
from troth.authority.roles import merged
from troth.evidence.findings import VerdictRow
from troth.evidence.record import WHOLE, from_json, to_json
from troth.finding import Complaint, Finding, collect
from troth.prop import CATALOGUE
from troth.redaction import Redactor
from troth.runner.result import Result
from troth.verdict import Verdict

if TYPE_CHECKING:
    from troth.observe import Doubt


def to_report(
    result: Result, findings: list[Finding], doubts: list["Doubt"], redactor: Redactor
) -> dict[str, Any]:
    """A result as JSON-able, redacted data: xdist carries reports between processes."""
    return {
        "property": result.property,
        "slug": CATALOGUE[result.property].slug if result.property in CATALOGUE else "",
        "operation": result.operation,
        "verdict": int(result.verdict),
        "reason": redactor.text(result.reason),
        "examples": result.examples,
        "conclusive": result.conclusive,
        "exchanges": result.exchanges,
        "cut_short": result.cut_short,
        "inapplicable": result.inapplicable,
        "findings": [_finding(each, redactor) for each in [*result.findings, *collect(findings)]],
        "doubts": [[each.property, each.operation, redactor.text(each.reason)] for each in doubts],
    }


def broken_down(
    property_id: str, operation: str | None, said: str, redactor: Redactor
) -> dict[str, Any]:
    """The report of a test that ended in an exception of ours: *error*, in the table too."""
    result = Result(property_id, operation, Verdict.ERROR, f"troth itself failed: {said}"[:300])
    return to_report(result, [], [], redactor)


def _finding(finding: Finding, redactor: Redactor) -> dict[str, Any]:
    return {
        "property": finding.property,
        "severity": finding.severity,
        "root": redactor.text(finding.root),
        "message": redactor.text(finding.message),
        "operations": list(finding.operations),
        "refs": list(finding.refs),
        "seen": finding.seen,
        "reproduced": finding.reproduced,
        "telling": list(finding.telling),
        "history": [to_json(each, redactor, request_limit=WHOLE) for each in finding.history],
    }


def causes(result: Result, held: Iterable[Complaint], redactor: Redactor) -> frozenset[str]:
    """The fingerprints, as reports show them, of what refuted a test.

    ``held`` is what other tests have seen that refutes it too.
    """
    own = [each for each in result.findings if each.property == result.property]
    roots = [each.root for each in own if each.reproduced] + [each.root for each in held]
    return frozenset(
        Finding(result.property, "", redactor.text(root), "", ()).fingerprint for root in roots
    )


@dataclass(frozen=True)
class Judgement:
    """What the policy made of a run: exit code, why it is red, and what else is to be noted.

    ``waived`` says of each waived finding, by its fingerprint, until when and why.
    """

    code: int
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Outcome:
    """Grows with each report. ``rows`` holds one verdict a property and operation."""

    rows: dict[tuple[str, str | None], VerdictRow] = field(default_factory=dict)
    gated: dict[tuple[str, str | None], str] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    cut_short: int = 0
    """How many tests the budget ended before they had asked all."""

    def add_facts(self, facts: Mapping[str, Any]) -> None:
        """Take in what one worker knows of the target: its exchanges are added to the others'."""
        sent = int(self.facts.get("exchanges", 0)) + int(facts.get("exchanges", 0))
        # What one worker never saw another one may have.
        roles = merged(self.facts.get("roles", {}), facts.get("roles", {}))
        attained = both(self.facts.get("attained", {}), facts.get("attained", {}))
        slowed = dict.fromkeys([self.facts.get("slowed", ""), facts.get("slowed", "")])
        self.facts |= {
            **facts,
            "slowed": "; ".join(filter(None, slowed)),
            "exchanges": sent,
            "drift": [],
            "roles": roles,
            "attained": attained,
        }

    def add(self, report: Mapping[str, Any]) -> None:
        """Take in what `to_report` made."""
        key = (report["property"], report["operation"])
        self.slugs[report["property"]] = report["slug"]
        self.cut_short += bool(report["cut_short"])
        if report["inapplicable"]:
            self.gated[key] = f"not applicable: {report['inapplicable']}"
        else:
            self._row(*key, Verdict(report["verdict"]), report["reason"], report)
        for property_id, operation, reason in report["doubts"]:
            self._row(property_id, operation, Verdict.INCONCLUSIVE, reason, {})
        for each in report["findings"]:
            values = {**each, "history": tuple(from_json(one) for one in each["history"])}
            values["operations"] = tuple(each["operations"])
            values["refs"] = tuple(each["refs"])
            values["telling"] = tuple(each["telling"])
            finding = Finding(**values)
            self.found.append(finding)
            for operation in finding.operations or (None,):
                verdict = Verdict.FAIL if finding.reproduced else Verdict.INCONCLUSIVE
                self._row(finding.property, operation, verdict, finding.message, {})

    def _row(
        self,
        property_id: str,
        operation: str | None,
        verdict: Verdict,
        reason: str,
        report: Mapping[str, Any],
    ) -> None:
        key = (property_id, operation)
        known = self.rows.get(key)
        if known is None:
            known = VerdictRow(property_id, operation, verdict, reason)
        worse = verdict > known.verdict
        self.rows[key] = VerdictRow(
            property_id,
            operation,
            max(verdict, known.verdict),
            reason if worse else known.reason,
            known.examples + int(report.get("examples", 0)),
            known.controls + int(report.get("conclusive", 0)),
            known.exchanges + int(report.get("exchanges", 0)),
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One a root cause, the most severe first."""
        order = ("critical", "high", "medium", "low", "info")
        sure = [each for each in collect(self.found) if each.reproduced]
        return tuple(sorted(sure, key=lambda each: (order.index(each.severity), each.property)))

    @property
    def exchanges(self) -> int:
        """How many exchanges the tests made."""
        return sum(row.exchanges for row in self.rows.values())

    def excused(self, waived: Container[str]) -> frozenset[tuple[str, str | None]]:
        """The refuted rows of which every finding is waived."""
        known: dict[tuple[str, str | None], bool] = {}
        for finding in self.found:
            for operation in finding.operations or (None,) if finding.reproduced else ():
                key = (finding.property, operation)
                known[key] = known.get(key, True) and finding.fingerprint in waived
        return frozenset(
            key for key, every in known.items() if every and self.rows[key].verdict is Verdict.FAIL
        )

    def reached(self, waived: Container[str] = ()) -> tuple[int, int]:
        """How many operations reached a documented success, of how many that were asked; those
        that are known not to reach one are not counted.
        """
        excused = self.excused(waived)
        asked = [row for key, row in self.rows.items() if key[0] == "FUZ101" and key not in excused]
        return sum(row.verdict is Verdict.PASS for row in asked), len(asked)
