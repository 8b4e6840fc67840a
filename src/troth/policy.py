"""The policy turns verdicts and findings into an exit code, and says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from troth.config.policy import PolicySection
from troth.finding import Finding
from troth.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """``exit_code`` is 0 or 1; ``reasons`` say why it is 1, or what is to be noted."""

    exit_code: int
    reasons: tuple[str, ...]


def judge(
    policy: PolicySection,
    verdicts: Iterable[tuple[str, Verdict, str]],
    findings: Iterable[Finding],
    reached: tuple[int, int],
    today: date,
) -> Outcome:
    """What ``policy`` makes of a run. ``reached`` is how many operations of how many."""
    reasons: list[str] = []
    found = list(findings)
    if found:
        reasons.append(f"{len(found)} findings")
    rows = list(verdicts)
    errors = [reason for _, verdict, reason in rows if verdict is Verdict.ERROR]
    if errors:
        reasons.append(f"{len(errors)} errors, the first: {errors[0]}")
    required = [
        f"{name}: {reason}"
        for name, verdict, reason in rows
        if verdict is Verdict.INCONCLUSIVE and (name in policy.require or "*" in policy.require)
    ]
    if required:
        reasons.append(f"{len(required)} required inconclusives, the first: {required[0]}")
    got, asked = reached
    if asked and got < policy.reached * asked:
        why = [reason for _, verdict, reason in rows if verdict is Verdict.INCONCLUSIVE]
        reasons.append(
            f"{got} of {asked} operations were reached, the floor is {policy.reached:.0%}"
            + (f"; the first: {why[0]}" if why else "")
        )
    return Outcome(1 if reasons else 0, tuple(reasons))
