"""Declares properties, and says within one example what must hold: `control` and `expect`."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, TypeVar

from troth.case import Case
from troth.checks.charged import CHARGED
from troth.exchange import Exchange, History
from troth.finding import Complaint, Finding
from troth.verdict import Verdict

Phase = Literal["boundary", "random"]
Test = TypeVar("Test", bound=Callable[..., Any])
Unless = Callable[[Any, Any], str]
"""Why the document alone says that there is nothing to ask; empty where there is."""


@dataclass(frozen=True, slots=True)
class Property:
    """What ``@prop`` declares. ``phases`` are run one after the other, each with its own budget.

    ``statement`` is the first paragraph of the module's docstring: the published page.
    """

    id: str
    severity: str
    refs: tuple[str, ...]
    needs: tuple[str, ...]
    phases: tuple[Phase, ...]
    slug: str
    statement: str
    last: bool = False
    """Whether it sums up what the others have seen of an operation, and so comes after them."""
    broken: bool = False
    """Whether it also answers, with *error*, for operations that the document describes badly."""
    operations: bool = True
    """Whether it is asked of each operation."""
    sockets: bool = False
    """Whether it is asked of each WebSocket."""
    unless: Unless | None = field(default=None, compare=False)
    """Says of a target and what could be asked why it is not: it is left out then."""


CATALOGUE: dict[str, Property] = {}
"""All properties that were imported, by id. Refuses two of one id."""

SEVERITIES = ("info", "low", "medium", "high", "critical")


def prop(
    id: str,
    *,
    severity: str,
    refs: Iterable[str] = (),
    needs: Iterable[str] = (),
    phases: Iterable[Phase] = (),
    last: bool = False,
    broken: bool = False,
    operations: bool = True,
    sockets: bool = False,
    unless: Unless | None = None,
) -> Callable[[Test], Test]:
    """Declare a pytest test to be the property ``id``.

    ``refs`` cites OWASP, CWE, ASVS or RFC. ``needs`` names what a target must declare, else the
    property is skipped with that reason: ``operations`` … ``phases`` is for tests under
    ``@given``: *boundary* draws the deterministic cases, *random* the generated ones. ``unless``
    leaves out, before anything is sent, what the property says nothing about.

    Raises ValueError for an unknown severity and for an id that another test holds.
    """
    if severity not in SEVERITIES:
        raise ValueError(f"{id}: unknown severity {severity!r}; one of {', '.join(SEVERITIES)}")

    def declare(test: Test) -> Test:
        document = (test.__globals__.get("__doc__") or "").strip()
        head = document.split("\n\n")[0]
        known = CATALOGUE.get(id)
        slug = test.__name__.removeprefix("test_").replace("_", "-")
        declared = Property(
            id,
            severity,
            tuple(refs),
            tuple(needs),
            tuple(phases),
            slug,
            " ".join(head.split()),
            last,
            broken,
            operations,
            sockets,
            unless,
        )
        if known is not None and known != declared:
            raise ValueError(f"{id} is declared twice: {known.slug} and {slug}")
        CATALOGUE[id] = declared
        test.troth_property = declared  # type: ignore[attr-defined]
        return test

    return declare


class Inconclusive(Exception):
    """The example could not answer the question. Ends the example, not the test."""


class Inapplicable(Exception):
    """The property says nothing about this operation: it has no input that could be wrong, say."""


class Unaskable(Exception):
    """The question can not be asked any more: the target is gone. The verdict is *error*."""


class Refuted(AssertionError):
    """The property does not hold. An AssertionError, so that Hypothesis shrinks it."""


@dataclass
class Tally:
    """What the examples of one test have shown so far."""

    property: Property
    operation: str | None
    phase: Phase = "boundary"
    examples: int = 0
    conclusive: int = 0
    exchanges: int = 0
    unanswered: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    doubts: dict[str, int] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    """What other tests have seen that refutes this property here; findings of their own."""
    listed: list[Case] | None = None
    """The cases of the boundary phase, made when the first is drawn."""
    crash: Exception | None = None
    """A fault of troth itself, or of the property: raised again when the test ends."""
    error: str = ""
    inapplicable: str = ""
    cut_short: bool = False

    def verdict(self) -> tuple[Verdict, str]:
        """The verdict and its reason. No conclusive example is *inconclusive*, never a pass."""
        if self.error:
            return Verdict.ERROR, self.error
        own = [each for each in self.findings if each.property == self.property.id]
        sure = [each for each in own if each.reproduced]
        if sure or self.held:
            return Verdict.FAIL, sure[0].message if sure else self.held[0]
        if own:
            return Verdict.INCONCLUSIVE, f"seen once, and not again: {own[0].message}"
        if self.doubts:
            return Verdict.INCONCLUSIVE, most_frequent(self.doubts)
        if not self.conclusive:
            return Verdict.INCONCLUSIVE, most_frequent(self.unanswered) or "no example was run"
        return Verdict.PASS, ""


def most_frequent(reasons: dict[str, int]) -> str:
    """The reason counted most often, with how many others there were; empty for none."""
    if not reasons:
        return ""
    first = max(reasons, key=lambda reason: reasons[reason])
    others = len(reasons) - 1
    return f"{first} (and {others} other reasons)" if others else first


@dataclass
class Example:
    """One run of a test body: what it asserted, and the exchanges it can show."""

    tally: Tally
    provenance: list[Exchange] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    expected: int = 0
    step: str = ""
    """What a state machine is doing: it begins the purpose of what is sent."""
    whole: bool = False
    """Whether all that was sent before an exchange belongs to its history."""

    def history(self) -> History:
        """The exchanges that led here, those that made its resources first, each once."""
        seen: dict[int, Exchange] = {each.number: each for each in self.provenance}
        seen.update((each.number, each) for each in self.exchanges)
        return tuple(seen[number] for number in sorted(seen))


current: ContextVar[Example | None] = ContextVar("troth_example", default=None)


def example() -> Example:
    """The example that is running. Raises RuntimeError outside of one."""
    running = current.get()
    if running is None:
        raise RuntimeError("control() and expect() belong inside `with target.world() as world:`")
    return running


def control(condition: object, reason: str) -> None:
    """Without this the example proves nothing: count the reason and end the example."""
    example()
    if not condition:
        raise Inconclusive(reason)


def applies(condition: object, reason: str) -> None:
    """Whether the property says anything about this operation; if not, it is skipped with
    ``reason``: neither a pass nor inconclusive.
    """
    example()
    if not condition:
        raise Inapplicable(reason)


def doubt(reason: str) -> None:
    """Something that neither refutes nor lets pass, such as two judges who disagree."""
    counted = example().tally.doubts
    counted[reason] = counted.get(reason, 0) + 1


def expect(
    condition: object,
    message: str,
    *shown: Exchange,
    root: str = "",
    telling: tuple[str, ...] = (),
    severity: str = "",
) -> None:
    """What must hold. Otherwise the property is refuted, and ``shown`` are the exchanges to see.

    ``root`` is the cause in words free of generated values (default: ``message``): findings of
    one root are one finding, and Hypothesis shrinks within one root. ``telling`` are JSON pointers
    into the answer of the last of ``shown`` where what shows the fault stands: a replay compares
    what stands there; without them it compares statuses. ``severity`` is another one than the
    property's.
    """
    running = example()
    running.expected += 1
    if condition:
        return
    complaint = Complaint(running.tally.property.id, root or message, message, severity)
    refute(complaint, *shown, telling=telling)


def refute(complaint: Complaint, *shown: Exchange, telling: tuple[str, ...] = ()) -> None:
    """Record ``complaint`` as a finding and end the example with it. Always raises Refuted."""
    running = example()
    finding = replace(as_finding(complaint, running, *shown), telling=telling)
    running.tally.findings.append(finding)
    raise refutation(finding.fingerprint)(describe(finding))


def as_finding(complaint: Complaint, running: Example, *shown: Exchange) -> Finding:
    """``complaint`` with the history that shows it: the last of ``shown`` is the witness."""
    history = list(running.history())
    if shown and running.whole:
        history = [each for each in history if each.number < shown[-1].number] + [shown[-1]]
    elif shown:
        # What made its resources, then what is to be seen; the rest of the example is no cause.
        needed = {each.number: each for each in (*running.provenance, *shown[:-1])}
        needed.pop(shown[-1].number, None)
        history = [needed[number] for number in sorted(needed)] + [shown[-1]]
    operation = (shown[-1].operation if shown else None) or running.tally.operation
    if running.tally.operation in {each.operation for each in shown}:
        # What was done, not what showed it.
        operation = running.tally.operation
    owner = complaint.property
    known = CATALOGUE.get(owner) or CHARGED.get(owner) or running.tally.property
    return Finding(
        property=complaint.property,
        severity=complaint.severity or known.severity,
        root=complaint.root,
        message=complaint.message,
        history=tuple(history),
        operations=(operation,) if operation else (),
        refs=known.refs,
    )


def describe(finding: Finding) -> str:
    """The failure in a few lines: what was refuted, and the exchange that shows it."""
    witness = finding.witness
    lines = [f"{finding.property} refuted: {finding.message}"]
    if witness is not None:
        lines.append(f"  {witness}")
    return "\n".join(lines)


@cache
def refutation(fingerprint: str) -> type[Refuted]:
    """A subclass of its own for each root cause: Hypothesis tells failures apart by type, and so
    never shrinks from one root cause into another.
    """
    return type("Refuted", (Refuted,), {"__module__": "troth.prop", "fingerprint": fingerprint})
