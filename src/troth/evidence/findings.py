"""``findings.json``: what was refuted, with the smallest history, and every verdict."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from troth.curl import curl
from troth.errors import UsageError
from troth.evidence.directory import write_json
from troth.evidence.record import LIMIT, WHOLE, body_from_json, from_json, to_json
from troth.finding import Finding
from troth.redaction import Redactor
from troth.verdict import Verdict

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One property on one operation: the verdict, why, and how often it was asked.

    ``examples`` counts examples, ``controls`` those whose control succeeded, ``exchanges`` what
    was sent for it.
    """

    property: str
    operation: str | None
    verdict: Verdict
    reason: str = ""
    examples: int = 0
    controls: int = 0
    exchanges: int = 0


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding read back; ``id`` is its fingerprint.

    ``whole`` says whether every request is there byte for byte, but for what redaction took;
    ``waived`` until when and why it does not fail a run, if it does not.
    """

    id: str
    finding: Finding
    curl: str = ""
    whole: bool = True
    waived: str = ""


@dataclass(frozen=True, slots=True)
class FindingsFile:
    """``findings.json`` as data."""

    target: str
    findings: tuple[FindingRecord, ...]
    verdicts: tuple[VerdictRow, ...] = ()
    notes: tuple[str, ...] = ()


def write_findings(
    path: Path,
    *,
    target: str,
    findings: Iterable[Finding],
    waived: Mapping[str, str] = MappingProxyType({}),
    verdicts: Iterable[VerdictRow] = (),
    notes: Iterable[str] = (),
    redactor: Redactor,
) -> None:
    """Writes the file as a whole; ``waived`` says why, by fingerprint.

    Raises UsageError when the disk does not take it.
    """
    write_json(
        path,
        {
            "version": VERSION,
            "target": redactor.text(target),
            "findings": [
                _finding(each, redactor, waived.get(each.fingerprint, "")) for each in findings
            ],
            "verdicts": [
                {
                    "property": row.property,
                    "operation": row.operation,
                    "verdict": str(row.verdict),
                    "reason": redactor.text(row.reason),
                    "examples": row.examples,
                    "controls": row.controls,
                    "exchanges": row.exchanges,
                }
                for row in verdicts
            ],
            "notes": [redactor.text(note) for note in notes],
        },
    )


def _finding(finding: Finding, redactor: Redactor, waived: str) -> dict[str, Any]:
    witness = finding.witness
    return {
        "id": finding.fingerprint,
        "property": finding.property,
        "severity": finding.severity,
        "root": redactor.text(finding.root),
        "message": redactor.text(finding.message),
        "operations": list(finding.operations),
        "seen": finding.seen,
        "reproduced": finding.reproduced,
        **({"telling": list(finding.telling)} if finding.telling else {}),
        "waived": redactor.text(waived),
        "refs": list(finding.refs),
        "curl": "" if witness is None else curl(witness, redactor=redactor),
        "history": [
            to_json(each, redactor, request_limit=WHOLE, response_limit=LIMIT)
            for each in finding.history
        ],
    }


def read_findings(path: Path) -> FindingsFile:
    """What `write_findings` wrote. Raises UsageError when it cannot be read."""
    try:
        document = json.loads(path.read_bytes())
        if document["version"] != VERSION:
            raise UsageError(
                f"{path} is of version {document['version']!r}, this troth reads version "
                f"{VERSION}; use the troth that wrote it (manifest.json names it)"
            )
        return FindingsFile(
            target=str(document["target"]),
            findings=tuple(_record(each) for each in document["findings"]),
            verdicts=tuple(_row(each) for each in document["verdicts"]),
            notes=tuple(str(note) for note in document["notes"]),
        )
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is not a findings file of troth: {error!r}") from error


def _record(record: Mapping[str, Any]) -> FindingRecord:
    history = tuple(from_json(each) for each in record["history"])
    cut = [body_from_json(each["request"]["body"])[1] for each in record["history"]]
    return FindingRecord(
        id=str(record["id"]),
        curl=str(record["curl"]),
        whole=not any(cut),
        waived=str(record.get("waived", "")),
        finding=Finding(
            property=str(record["property"]),
            severity=str(record["severity"]),
            root=str(record["root"]),
            message=str(record["message"]),
            history=history,
            operations=tuple(record["operations"]),
            refs=tuple(record["refs"]),
            seen=int(record["seen"]),
            reproduced=bool(record["reproduced"]),
            telling=tuple(record.get("telling", ())),
        ),
    )


def _row(record: Mapping[str, Any]) -> VerdictRow:
    return VerdictRow(
        property=str(record["property"]),
        operation=record["operation"],
        verdict=Verdict[str(record["verdict"]).upper()],
        reason=str(record["reason"]),
        examples=int(record["examples"]),
        controls=int(record["controls"]),
        exchanges=int(record["exchanges"]),
    )
