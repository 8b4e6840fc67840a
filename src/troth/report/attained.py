"""Operation by operation: was it reached, by whom, and what was conclusive; if not, why not."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from troth.evidence.findings import VerdictRow
from troth.report.outcome import Outcome
from troth.verdict import Verdict

REACHING = "FUZ101"
CONCLUSIVE = frozenset({Verdict.PASS, Verdict.FAIL})


@dataclass(frozen=True, slots=True)
class Attained:
    """One operation. ``by`` are principals that were served; ``line`` what would help, if known.

    ``shut`` says why it is not to be sent: it counts neither as reached nor as missed.
    """

    operation: str
    by: tuple[str, ...]
    conclusive: tuple[str, ...]
    inconclusive: tuple[str, ...]
    shut: str = ""
    status: int | str | None = None
    fields: tuple[str, ...] = ()
    reason: str = ""
    line: str = ""

    @property
    def asked(self) -> bool:
        """Whether anybody tried to be served: in a part of the suites, perhaps nobody did."""
        tried = REACHING in (*self.conclusive, *self.inconclusive)
        return tried or bool(self.by) or self.status is not None

    @property
    def reached(self) -> bool:
        """Whether anybody was served."""
        return bool(self.by)


def attained(outcome: Outcome) -> tuple[Attained, ...]:
    """Every operation that the run asked for, in the order of the document."""
    known: Mapping[str, Mapping[str, Any]] = outcome.facts.get("attained", {})
    rows: dict[str | None, list[VerdictRow]] = {}
    for (_, operation), each in outcome.rows.items():
        rows.setdefault(operation, []).append(each)
    return tuple(_one(rows.get(label, []), label, row) for label, row in known.items())


def share(rows: tuple[Attained, ...]) -> tuple[int, int]:
    """How many were reached, of how many that were to be."""
    asked = [each for each in rows if not each.shut]
    return sum(each.reached for each in asked), len(asked)


def missed(rows: tuple[Attained, ...]) -> list[Attained]:
    """What was asked and reached by nobody, that with a remedy first."""
    found = [each for each in rows if each.asked and not (each.reached or each.shut)]
    return sorted(found, key=lambda each: not each.line)


def as_json(rows: tuple[Attained, ...]) -> dict[str, Any]:
    """All of it as data."""
    reached, asked = share(rows)
    operations = {}
    for each in rows:
        data = {key: value for key, value in asdict(each).items() if value not in (None, "", ())}
        data.pop("operation")
        operations[each.operation] = {"reached": each.reached, **data}
    return {"reached": reached, "asked": asked, "operations": operations}


def _one(own: list[VerdictRow], label: str, row: Mapping[str, Any]) -> Attained:
    by = tuple(sorted(row.get("served", {})))
    fields = tuple(row.get("fields", ()))
    reached = bool(by)
    happy = next((each for each in own if each.property == REACHING), None)
    return Attained(
        label,
        by,
        tuple(sorted(each.property for each in own if each.verdict in CONCLUSIVE)),
        tuple(sorted(each.property for each in own if each.verdict not in CONCLUSIVE)),
        str(row.get("shut", "")),
        None if reached else row.get("status"),
        () if reached else fields,
        "" if reached else _reason(row, fields, happy.reason if happy is not None else ""),
        "" if reached else str(row.get("line", "")),
    )


def _reason(row: Mapping[str, Any], fields: tuple[str, ...], said: str) -> str:
    if row.get("shut"):
        return str(row["shut"])
    status = row.get("status")
    if status is None:
        return said or "nobody asked for it without a fault"
    about = f", about {', '.join(f'`{each}`' for each in fields)}" if fields else ""
    return f"{status} to `{row.get('who')}`{about}"
