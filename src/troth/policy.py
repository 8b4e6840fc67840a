"""The policy turns verdicts and findings into an exit code, and says why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from troth.config.policy import PolicySection, Waiver
from troth.finding import Finding
from troth.verdict import Verdict

Row = tuple[str, Verdict, str]
"""The id of a property, a verdict of it, and its reason."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``exit_code`` is 0 or 1; ``reasons`` say why it is 1, ``notes`` what makes it neither."""

    exit_code: int
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()


def waiver(policy: PolicySection, fingerprint: str, today: date) -> Waiver | None:
    """The waiver that covers this finding today, or None."""
    holding = (each for each in policy.waivers if today <= each.expires)
    return next((each for each in holding if each.fingerprint == fingerprint), None)


def excuse(policy: PolicySection, causes: Iterable[str], today: date) -> str:
    """Why a refuted test is not red: every finding of it is waived; empty when it is red.

    ``causes`` are the fingerprints of what refuted it. With none known, nothing is excused.
    """
    found = {cause: waiver(policy, cause, today) for cause in sorted(causes)}
    held = [each for each in found.values() if each is not None]
    if not found or len(held) < len(found):
        return ""
    return "; ".join(described(each) for each in held)


def described(known: Waiver) -> str:
    """A waiver in a line, for reports."""
    return f"waived until {known.expires}: {known.reason}"


def judge(
    policy: PolicySection,
    verdicts: Iterable[Row],
    findings: Iterable[Finding],
    reached: tuple[int, int],
    today: date,
) -> Outcome:
    """What ``policy`` makes of a run. ``reached`` is how many operations of how many.

    A finding that was seen once and not again fails nothing by itself: its property is
    inconclusive. A waiver holds through its last day; after it, it fails the run even where
    nothing matches any more, so that no dead entry stays in the file.
    """
    rows = tuple(verdicts)
    found = tuple(findings)
    waived = {
        each.fingerprint for each in found if waiver(policy, each.fingerprint, today) is not None
    }
    reasons = (
        *_findings(found, waived),
        *_unexplained(rows, found),
        *_errors(rows),
        *_required(policy.require, rows),
        *_reached(policy.reached, reached, rows),
        *_expired(policy, today),
    )
    return Outcome(1 if reasons else 0, reasons, tuple(_unmatched(policy, found, today)))


def _findings(found: Sequence[Finding], waived: set[str]) -> Iterator[str]:
    sure = [each for each in found if each.reproduced and each.fingerprint not in waived]
    if sure:
        named = ", ".join(dict.fromkeys(f"{each.property} {each.fingerprint}" for each in sure[:3]))
        more = f" and {len(sure) - 3} more" if len(sure) > 3 else ""
        yield f"{_count(len(sure), 'finding')}: {named}{more}"


def _unexplained(rows: Sequence[Row], found: Sequence[Finding]) -> Iterator[str]:
    """Refuted properties without a finding: none should be, and none may go unnoticed."""
    known = {each.property for each in found if each.reproduced}
    for name, verdict, reason in rows:
        if verdict is Verdict.FAIL and name not in known:
            yield f"{name} failed without a finding: {reason}"


def _errors(rows: Sequence[Row]) -> Iterator[str]:
    errors = [(name, reason) for name, verdict, reason in rows if verdict is Verdict.ERROR]
    if errors:
        name, reason = errors[0]
        first = "the first: " if len(errors) > 1 else ""
        yield f"{_count(len(errors), 'error')}, {first}{name}: {reason}"


def _required(require: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    open_ = [
        (name, reason)
        for name, verdict, reason in rows
        if verdict is Verdict.INCONCLUSIVE and (name in require or "*" in require)
    ]
    if open_:
        name, reason = open_[0]
        first = "the first: " if len(open_) > 1 else ""
        yield f"{_count(len(open_), 'required inconclusive')}, {first}{name}: {reason}"
    ran = {name for name, _, _ in rows}
    absent = [name for name in require if name != "*" and name not in ran]
    if absent:
        yield f"required by [policy] require, and not run: {', '.join(absent)}"


def _reached(floor: float, reached: tuple[int, int], rows: Sequence[Row]) -> Iterator[str]:
    got, asked = reached
    if asked and got < floor * asked:
        why = next((reason for _, verdict, reason in rows if verdict is Verdict.INCONCLUSIVE), "")
        yield (
            f"{got} of {asked} operations were reached, the floor in [policy] reached is {floor:g}"
            + (f"; the first: {why}" if why else "")
        )


def _expired(policy: PolicySection, today: date) -> Iterator[str]:
    for each in policy.waivers:
        if today > each.expires:
            yield (
                f"the waiver of {each.fingerprint} ({each.reason}) expired on {each.expires}; "
                "repair what it waives and take it out, or give it a new date"
            )


def _unmatched(policy: PolicySection, found: Sequence[Finding], today: date) -> Iterator[str]:
    """Noted only: a part of the suites, or of the operations, finds a part of what is known."""
    seen = {each.fingerprint for each in found}
    for each in policy.waivers:
        if each.fingerprint not in seen and today <= each.expires:
            yield (
                f"the waiver of {each.fingerprint} ({each.reason}) matches nothing in this run; "
                "after a whole run, take it out"
            )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
