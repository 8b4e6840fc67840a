"""What one test came to."""

from dataclasses import dataclass

from troth.finding import Finding
from troth.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Result:
    """What one test came to. ``error`` is a fault of troth or of the property, not a verdict."""

    property: str
    operation: str | None
    verdict: Verdict
    reason: str
    examples: int = 0
    conclusive: int = 0
    exchanges: int = 0
    findings: tuple[Finding, ...] = ()
    cut_short: bool = False
    inapplicable: str = ""
