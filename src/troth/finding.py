"""A finding is a refuted property, known by its root cause, with the smallest history seen."""

import builtins
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from troth.exchange import Exchange, History

STEP = "step "
"""How the purpose begins of what a state machine sends."""
LONGEST_BODY = 120


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one check or expectation holds against one or more exchanges.

    ``root`` is the cause in words that do not depend on generated input: two complaints with
    the same property and root are one finding.
    """

    property: str
    root: str
    message: str
    severity: str = ""
    """Empty: that of the property."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One root cause. ``seen`` counts its sightings, ``operations`` says where."""

    property: str
    severity: str
    root: str
    message: str
    history: History
    operations: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    seen: int = 1
    reproduced: bool = True
    telling: tuple[str, ...] = ()
    """JSON pointers into the witness's answer, where what shows the fault stands; ``has ID`` and
    ``lacks ID`` where it is that the answer has that id in it, or has it not."""

    @builtins.property
    def fingerprint(self) -> str:
        """Twelve hex digits of SHA-256 over property and root; stable between runs."""
        return hashlib.sha256(f"{self.property}\0{self.root}".encode()).hexdigest()[:12]

    @builtins.property
    def witness(self) -> Exchange | None:
        """The exchange that shows the fault: the last of the history."""
        return self.history[-1] if self.history else None


def weight(history: History) -> tuple[int, int, str, bytes]:
    """Orders histories from small to large: exchanges, bytes of the last request, its text."""
    if not history:
        return (1 << 30, 0, "", b"")
    last = history[-1].request
    size = len(last.url) + len(last.body)
    return (len(history), size, f"{last.method} {last.url}", last.body)


def collect(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding a fingerprint: sightings added, operations united, smallest history kept."""
    found: dict[str, Finding] = {}
    for finding in findings:
        known = found.get(finding.fingerprint)
        if known is None:
            found[finding.fingerprint] = finding
            continue
        smaller = min(known, finding, key=lambda each: weight(each.history))
        found[finding.fingerprint] = replace(
            smaller,
            operations=tuple(sorted({*known.operations, *finding.operations})),
            seen=known.seen + finding.seen,
            reproduced=known.reproduced or finding.reproduced,
        )
    return tuple(found.values())


def script(history: History) -> tuple[str, ...]:
    """What a state machine did, a line an exchange: who, what, why, and the answer.

    Empty where the history is of no machine.
    """
    if not any(each.purpose.startswith(STEP) for each in history):
        return ()
    lines = []
    for number, each in enumerate(history, start=1):
        path = each.request.url.partition("://")[2].partition("/")[2]
        body = each.request.body[:LONGEST_BODY].decode("utf-8", "replace")
        asked = f"{each.request.method} /{path} {body}".rstrip()
        answer = str(each.status) if each.response is not None else str(each.breakage)
        lines.append(f"{number}. {each.principal}: {asked} -> {answer}  ({each.purpose})")
    return tuple(lines)
