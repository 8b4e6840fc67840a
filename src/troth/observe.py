"""What the recorder shows is checked as it passes, whichever property it was sent for."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from troth.checks.allow import addressed, exact_allow
from troth.checks.conditional import entity_tags
from troth.checks.correlation import correlated, hostile, own_id, repeated
from troth.checks.envelope import documented, error_envelope, unread
from troth.checks.event_stream import event_stream
from troth.checks.events import event_content
from troth.checks.formats import formats_hold, told_apart
from troth.checks.frames import conversation
from troth.checks.limits import BUSY, RETRY, TOLD, limit_headers
from troth.checks.missing import without
from troth.checks.negotiation import of_http
from troth.checks.published_keys import published_keys
from troth.checks.server_error import server_error, symptom
from troth.exchange import Exchange
from troth.exposure.leaks import Leaks
from troth.finding import Complaint, Finding
from troth.outline import outline
from troth.prop import Example, Tally, as_finding
from troth.spec.operation import Operation
from troth.spec.stream import EVENTS
from troth.spec.validity import Validity

if TYPE_CHECKING:
    from troth.case import Case
    from troth.target import Target

BODY = "body violates"
HEADER = "header violates"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why one property can not be settled for one operation."""

    property: str
    operation: str | None
    reason: str


@dataclass
class Noticed:
    """What was seen by the way since it was last drained."""

    findings: list[Finding] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def drain(self) -> tuple[list[Finding], list[Doubt]]:
        """All of it, once."""
        found = (self.findings, self.doubts)
        self.findings, self.doubts = [], []
        return found


class Observer:
    """A sink of the recorder. Complaints become findings of the property that owns the fault."""

    def __init__(self, target: "Target", *, known: Mapping[str, Operation]) -> None:
        self.target = target
        self.known = known
        self.noticed = Noticed()
        self.held: dict[tuple[str, str | None], list[Complaint]] = {}
        """Complaints of the whole session by property and operation."""
        self.doubted: dict[tuple[str, str | None], list[str]] = {}
        self.promises: dict[tuple[str, int], str] = {}
        self.ids: set[str | None] = set()
        """The correlation ids that the service made."""
        self.latest: tuple[int, tuple[Complaint, ...]] = (0, ())
        self.answers = Validity(target.spec, answers=True)
        self.leaks = Leaks(target)
        self._news: list[tuple[tuple[str, str | None], Complaint]] = []
        """What of it had not been held against that operation before."""

    def __call__(self, exchange: Exchange) -> None:
        """Check one exchange."""
        target = self.target
        if target.tally is not None:
            target.tally.exchanges += 1
        example, case = target.sending or (None, None)
        operation = self.known.get(exchange.operation or "")
        complaints = self._complaints(exchange, operation, case) + self.leaks(exchange)
        self.latest = (exchange.number, complaints)
        running = example or (Example(target.tally) if target.tally else None)
        self._news = []
        for complaint in complaints:
            held = self.held.setdefault((complaint.property, exchange.operation), [])
            if complaint not in held:
                held.append(complaint)
                self._news.append(((complaint.property, exchange.operation), complaint))
            if running is not None:
                self.noticed.findings.append(as_finding(complaint, running, exchange))

    @contextmanager
    def kept(self, exchange: Exchange, property: str) -> Iterator[Callable[[], None]]:
        """Within it others may be sent, and ``exchange`` is the latest one again afterwards.

        What it gives takes back all that was noticed about it under ``property``.
        """
        latest, news = self.latest, self._news

        def withdraw() -> None:
            nonlocal latest
            latest = (latest[0], tuple(each for each in latest[1] if each.property != property))
            for key, complaint in news:
                if complaint.property == property:
                    self.held[key].remove(complaint)
            self.noticed.findings = [
                each
                for each in self.noticed.findings
                if each.property != property
                or each.witness is None
                or each.witness.number != exchange.number
            ]

        try:
            yield withdraw
        finally:
            self.latest = latest

    def against(self, exchange: Exchange, property: str) -> list[Complaint]:
        """What is held against the latest exchange, or an earlier one, under ``property``."""
        number, complaints = self.latest
        mine = complaints if number == exchange.number else self.complaints(exchange)
        return [each for each in mine if each.property == property]

    def complaints(self, exchange: Exchange) -> tuple[Complaint, ...]:
        """What the checks hold against an exchange of whatever time; nothing is remembered."""
        operation = self.known.get(exchange.operation or "")
        found = [*self._failed(exchange, operation, None), *self.leaks.judged(exchange)]
        if exchange.frames is not None:
            return (*found, *self._talk(exchange))
        if exchange.response is not None and operation is not None:
            if not self._of_http(exchange, operation):
                found += self._owned(operation, exchange)[0]
            found += event_content(exchange, operation, self.target.spec, self.answers)
        found += self._promised(exchange, operation)
        if 400 <= exchange.status < 500 and not unread(exchange, operation):
            found += error_envelope(exchange, operation, self.target.shapes, self.target.spec)
        return tuple(found) + exact_allow(exchange, self.target.spec, self.target.prefix)

    def doubt(self, property: str, operation: str | None, reason: str) -> None:
        """Note a doubt once."""
        reasons = self.doubted.setdefault((property, operation), [])
        if reason not in reasons:
            reasons.append(reason)
            self.noticed.doubts.append(Doubt(property, operation, reason))

    def _complaints(
        self, exchange: Exchange, operation: Operation | None, case: "Case | None"
    ) -> tuple[Complaint, ...]:
        found = list(self._failed(exchange, operation, case))
        if exchange.frames is not None:
            return (*found, *self._talk(exchange))
        found += exact_allow(exchange, self.target.spec, self.target.prefix)
        if exchange.response is None:
            return tuple(found)
        # Of a stream that was cut, the events that came whole are judged.
        judgeable = not exchange.response.truncated or exchange.response.media_type == EVENTS
        if operation is not None and judgeable:
            found += self._judged(operation, exchange)
        elif operation is not None:
            reason = "an answer was longer than [target] max-body: what came was not judged"
            self.doubt("FUZ102", operation.label, reason)
        found += self._promised(exchange, operation)
        made = own_id(exchange, self.target.correlation)
        if made is not None and made in self.ids and self.target.correlation is not None:
            found.append(repeated(self.target.correlation.name))
        self.ids.add(made)
        if 400 <= exchange.status < 500 and not unread(exchange, operation):
            found += error_envelope(exchange, operation, self.target.shapes, self.target.spec)
        return tuple(found)

    def _failed(
        self, exchange: Exchange, operation: Operation | None, case: "Case | None"
    ) -> tuple[Complaint, ...]:
        """One cause is one finding, also of requests that are no operation's, as from a page."""
        if symptom(exchange) is None:
            return ()
        target = self.target
        place = operation or addressed(target.spec, exchange.request, target.prefix)
        return server_error(exchange, place, case)

    def _talk(self, exchange: Exchange) -> tuple[Complaint, ...]:
        target = self.target
        socket = target.spec.socket(exchange.operation or "")
        return conversation(exchange, socket, target.validity)

    def _promised(self, exchange: Exchange, operation: Operation | None) -> list[Complaint]:
        """What is held against an answer beyond its status and schema."""
        target = self.target
        found = [*correlated(exchange, operation, target.correlation)]
        found += limit_headers(exchange, operation)
        found += entity_tags(exchange, operation)
        found += published_keys(exchange)
        if operation is not None:
            found += event_stream(exchange, operation, target.terminal(operation))
            found += formats_hold(exchange, operation, self.answers, target.formats)
        return found

    def _owned(self, operation: Operation, exchange: Exchange) -> tuple[list[Complaint], bool]:
        """What the first judge says, without what other properties hold against the same answer
        and what is none; and whether there was such.
        """
        said = self.target.generator.judge(operation, exchange)
        strict = self.target.formats
        found = tuple(each for each in said if not told_apart(each, exchange, operation, strict))
        correlation = self.target.correlation
        others = TOLD | ({RETRY} if exchange.status in BUSY else set())
        if correlation is not None:
            others |= {correlation.name}
            if hostile(exchange.request.header(correlation.name) or ""):
                # That it comes back against the header's schema is FUZ118's.
                found = tuple(each for each in found if HEADER not in each.root)
        kept = [left for each in found if (left := without(each, others)) is not None]
        return kept, len(kept) < len(said)

    def _of_http(self, exchange: Exchange, operation: Operation) -> bool:
        """Whether it is what HTTP itself says of a request, and the document does not."""
        return documented(operation, exchange.status) is None and of_http(exchange, operation)

    def _judged(self, operation: Operation, exchange: Exchange) -> list[Complaint]:
        """schemathesis on every exchange; openapi-core on every new shape of an answer."""
        if self._of_http(exchange, operation):
            return []
        first, elsewhere = self._owned(operation, exchange)
        first += event_content(exchange, operation, self.target.spec, self.answers)
        status = exchange.status
        if status >= 500 and documented(operation, status) is None:
            return []  # A crash is FUZ103's or FUZ104's; that it is undocumented is no news.
        against = [each for each in first if BODY in each.root]
        assert exchange.response is not None
        shape = (self._promise(operation, status), outline(exchange.response))
        memory = self.target.memory
        if not against and shape in memory.second_opinions:
            return first
        memory.second_opinions.add(shape)
        opinion = self.target.second.response(operation, exchange)
        owner = "FUZ106" if status >= 400 else "FUZ102"
        if opinion.ok is True and against:
            first = [each for each in first if each not in against]
            reason = "; ".join(each.message for each in against)
            self.doubt(
                owner,
                operation.label,
                f"the judges disagree on a {status}: schemathesis says {reason}; openapi-core "
                "finds it conforming",
            )
        elif opinion.ok is False and not first and not elsewhere:
            self.doubt(
                owner,
                operation.label,
                f"the judges disagree on a {status}: openapi-core says {opinion.reason}; "
                "schemathesis finds it conforming",
            )
        for pointer in opinion.undocumented:
            self.doubt(
                owner,
                operation.label,
                f"a {status} carries {pointer}, which the document does not mention",
            )
        self._drift(operation, status, opinion.absent)
        return first

    def _promise(self, operation: Operation, status: int) -> str:
        """What the document says of this answer: of errors, the same words wherever they stand."""
        key = (operation.label, status)
        if status < 400:
            return str(key)
        if key not in self.promises:
            raw = operation.raw.get("responses", {}).get(str(status))
            self.promises[key] = f"{status} {json.dumps(raw, sort_keys=True)}" if raw else str(key)
        return self.promises[key]

    def _drift(self, operation: Operation, status: int, absent: tuple[str, ...]) -> None:
        """Documented properties that no answer of this status has had yet."""
        key = f"{operation.label} {status}"
        seen = self.target.memory.absent
        seen[key] = seen[key] & set(absent) if key in seen else set(absent)


def settle(tally: Tally, observer: Observer) -> None:
    """Add to ``tally`` what the session holds against its property and operation."""
    key = (tally.property.id, tally.operation)
    for reason in observer.doubted.get(key, []):
        tally.doubts[reason] = tally.doubts.get(reason, 0) + 1
    tally.held += [each.message for each in observer.held.get(key, [])]
    if tally.operation is None:
        # It is asked of the service as a whole: what was seen anywhere refutes it.
        tally.held += [
            each.message
            for (owner, operation), held in observer.held.items()
            if owner == key[0] and operation is not None
            for each in held
        ]
