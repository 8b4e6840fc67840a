"""One example's corner of a target: it sends, it remembers, and it gives the example its end."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import Token
from dataclasses import replace
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from _pytest.outcomes import Skipped
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from troth.blame import blame
from troth.case import Case, Values
from troth.composing import reach as reaching
from troth.composing.inputs import (
    hostile_cases,
    invalid_cases,
    isolated_cases,
    valid_cases,
    written_cases,
)
from troth.composing.memory import Accepted
from troth.composing.passes import fitted, perishable, sources, takes, token_source, traced
from troth.conversation import handshake, opened
from troth.errors import Unmakable
from troth.exchange import Breakage, Exchange, Response
from troth.models.errand import Errand, at_once, request_of
from troth.principal import LoginFailed, Principal
from troth.prop import (
    Example,
    Inapplicable,
    Inconclusive,
    Refuted,
    Tally,
    Unaskable,
    current,
    refute,
)
from troth.spec.operation import Operation, Socket
from troth.spec.stream import EVENTS, decoded
from troth.transport.record import NotSent
from troth.transport.together import Timed

if TYPE_CHECKING:
    from troth.target import Target


SILENT = 0.1
"""Seconds that are waited for the first event of a stream that had none the first time."""
LONGEST = 65_536
"""Bytes of an answer that is looked through for values of use elsewhere."""


class Abandoned(Skipped):
    """Ends a test between two examples. Hypothesis lets a skip through at once, unreplayed."""


def streams(response: Response) -> bool:
    """Whether it is an event stream, which is cut on purpose."""
    return response.media_type == EVENTS


class World:
    """The context manager ``target.world()``: one example of one property.

    Within it `control`, `expect` and `doubt` count. On leaving, an `Inconclusive` is counted and
    silenced: Hypothesis sees an example that ended, not one that it must replace.
    """

    def __init__(self, target: "Target", tally: Tally) -> None:
        self.target = target
        self.example = Example(tally)
        self.since: int | None = None
        """Where in the provenance begins what the operation that is being reached is made from."""
        self._token: Token[Example | None] | None = None

    def __enter__(self) -> Self:
        tally = self.example.tally
        if tally.error:
            raise Abandoned(tally.error)
        if tally.examples and self.target.overdue():
            tally.cut_short = True
            raise Abandoned("the budget of this test is spent")
        self._token = current.set(self.example)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if self._token is not None:
            current.reset(self._token)
        tally = self.example.tally
        tally.examples += 1
        if isinstance(error, Inconclusive | Unmakable):
            reason = str(error)
            tally.unanswered[reason] = tally.unanswered.get(reason, 0) + 1
            return True
        if isinstance(error, Inapplicable):
            tally.inapplicable = str(error)
            raise Abandoned(tally.inapplicable) from None
        if isinstance(error, Unaskable):
            tally.error = str(error)
            raise Abandoned(tally.error) from None
        if error is None or isinstance(error, Refuted):
            tally.conclusive += 1 if self.example.expected else 0
        elif isinstance(error, Exception) and not isinstance(error, HypothesisException):
            tally.crash = tally.crash or error
        return False

    def send(
        self, case: Case, *, principal: str | None = None, whole: bool = False, purpose: str = ""
    ) -> Exchange:
        """Send ``case`` as it was served, or as ``principal`` on his own credential.

        ``whole`` sends it as that principal with the token or signature of the operation. A token
        that is refused after it was good is replaced, and the case sent once more.

        Raises Inconclusive when it may not be sent, when the credential cannot be had and when
        the answer was too long to be judged, and Unaskable when the target is gone.
        """
        exchange = self._delivered(case, principal, purpose, whole=whole or principal is None)
        blame(self, case, exchange)
        return exchange

    def _delivered(
        self, case: Case, principal: str | None, purpose: str, *, whole: bool
    ) -> Exchange:
        who = self.target.principals[principal or self.target.sender(case.operation)]
        if not perishable(self.target, case, whole=whole):
            return self._sent(case, who, purpose, whole=whole)
        # What belongs to the request is got by whoever is served, also for one who is not.
        holder = who.name if whole else self.target.sender(case.operation)
        case, held = fitted(self, case, holder)
        exchange = self._sent(case, who, purpose, whole=whole)
        if whole and case.values.token:
            if exchange.status == 401 and held.good:
                held.refused = True
                case, held = fitted(self, case, holder)
                again = f"{purpose or case.purpose or 'valid'}; again, with a new token"
                exchange = self._sent(case, who, again, whole=True)
            held.refused = exchange.status == 401
            held.good = not held.refused
        held.spent |= exchange.ok
        return exchange

    def as_sent(self, case: Case) -> Case:
        """``case`` as `send` would send it now: what was good for once is not spent in it."""
        if not perishable(self.target, case, whole=True):
            return case
        return fitted(self, case, self.target.sender(case.operation))[0]

    def _sent(self, case: Case, who: Principal, purpose: str, *, whole: bool) -> Exchange:
        return self.run(self.errand(case, who.name, whole=whole, purpose=purpose))

    def errand(self, case: Case, who: str, *, whole: bool, purpose: str = "") -> Errand:
        """``case`` ready to go, as `send` sends it; what was good for once stays as it is."""
        target = self.target
        token = case.values.token if whole and case.operation is not None else ""
        places = sources(target, case) if case.operation is not None else []
        places += traced(case, self.example.provenance, places)
        if token and case.operation is not None:
            places.append(token_source(target, case.operation, token, self.example.provenance))
        return Errand(
            case,
            who,
            token=token,
            sources=tuple(places),
            sign=target.signature(case, whole=whole),
            purpose=purpose,
        )

    def at_once(self, lanes: Sequence[Sequence[Errand]]) -> list[list[Timed]]:
        """Send all lanes at once: `models.errand.at_once`. Raises Inconclusive, Unaskable."""
        labels = {
            each.case.operation.label for lane in lanes for each in lane if each.case.operation
        }
        self._patient(*labels)
        found = at_once(self, lanes)
        every = [each.exchange for lane in found for each in lane]
        for exchange in sorted(every, key=lambda each: each.number):
            self.example.exchanges.append(exchange)
            self._watch(exchange, exchange.operation)
        return found

    def _patient(self, *labels: str) -> None:
        for label in sorted(labels):
            if self.target.memory.timeouts.get(label, 0) > 1:
                raise Inconclusive(f"{label} does not answer in time")

    def run(self, errand: Errand) -> Exchange:
        """Send an errand as it is. Raises Inconclusive and Unaskable, as `send` does."""
        target, case = self.target, errand.case
        label = case.operation.label if case.operation else None
        self._patient(*([label] if label else []))
        request, places = request_of(self, errand)
        why = errand.purpose or case.purpose
        why = why or (case.fault.description if case.fault else "valid")
        if self.example.step:
            why = f"{self.example.step}: {why}"
        target.memory.pace.keep(self.example.tally.property.id)
        with target.observing(self.example, case):
            try:
                exchange = target.principals[errand.who].send(
                    request,
                    operation=label,
                    purpose=why,
                    authenticate=not errand.cookies,
                    token=errand.token,
                    sources=places,
                    script=case.script,
                )
            except (NotSent, LoginFailed) as reason:
                raise Inconclusive(str(reason)) from reason
        self.example.exchanges.append(exchange)
        self._watch(exchange, label)
        response = exchange.response
        if response is not None and response.truncated and streams(response) and label:
            # It may never end: from now on its beginning will do.
            first = (
                len(target.told(case.operation).expect.get("events", ())) if case.operation else 0
            )
            waits = None if decoded(response.body) else SILENT
            target.recorder.narrow(label, events=max(1, first), idle=waits)
        if response is not None and response.truncated and not streams(response):
            raise Inconclusive(
                f"{label or request.method} answered more than [target] max-body, "
                f"{target.file.target.max_body} bytes: what came was not judged"
            )
        return exchange

    def _watch(self, exchange: Exchange, label: str | None) -> None:
        memory = self.target.memory
        if exchange.breakage is Breakage.TIMEOUT and label is not None:
            memory.timeouts[label] = memory.timeouts.get(label, 0) + 1
        if exchange.ok and label is not None:
            memory.served[label] += 1
            self._notice(exchange)
        if exchange.request.method == "DELETE" and exchange.ok:
            memory.forget(exchange.request.url.partition("?")[0].rsplit("/", 1)[-1])
        if exchange.breakage is Breakage.REFUSED:
            raise Inconclusive(f"{label or exchange.request.method}: {exchange.detail}")
        if exchange.breakage is Breakage.UNREACHABLE:
            launched = self.target.launched
            ended = launched.ended() if launched is not None else ""
            raise Unaskable(
                f"the target {ended}"
                if ended
                else f"the target cannot be reached any more: {exchange.detail}"
            )

    def _notice(self, exchange: Exchange) -> None:
        """Keep what answers show under the names of parameters that nothing produces."""
        names = self.target.wanted
        response = exchange.response
        if not names or response is None or len(response.body) > LONGEST or response.truncated:
            return
        try:
            answer = response.json()
        except (ValueError, RecursionError):
            return
        made = exchange.request.method == "POST"
        self.target.memory.notice(exchange.principal, answer, names, made=made)

    def reach(
        self,
        operation: Operation,
        *,
        fixed: Mapping[str, str] | None = None,
        fresh: bool = False,
        principal: str | None = None,
        above: tuple[str, ...] = (),
    ) -> Accepted:
        """Send ``operation`` until it is served; see `troth.composing.reach.reach`."""
        outer = self.since
        if outer is None:
            # What is fixed was made before.
            self.since = 0 if fixed else len(self.example.provenance)
        try:
            return reaching.reach(
                self, operation, fixed=fixed, fresh=fresh, principal=principal, above=above
            )
        finally:
            self.since = outer

    def case(self, asked: Operation | Socket, values: Values, *, purpose: str = "") -> Case:
        """The case that these values make."""
        if isinstance(asked, Socket):
            return handshake(self.target, asked, values, purpose=purpose)
        return self.target.generator.build(asked, values, purpose=purpose)

    def accepted(self, operation: Operation | Socket) -> Accepted:
        """A case of ``operation`` that was served in this session: the control of a refusal.

        Raises Inconclusive when there is none.
        """
        memory = self.target.memory
        known = memory.accepted.get(operation.label)
        if known is not None and not known.lasts and isinstance(operation, Operation):
            known = self._renewed(operation, known)
        if known is not None:
            self.example.provenance.extend(known.history)
            if isinstance(operation, Operation) and not operation.safe:
                # It may be what made the next one fail: cancelled twice, created twice.
                self.example.provenance.append(known.exchange)
            if isinstance(operation, Operation):
                self._repeat(operation)
            return memory.accepted.get(operation.label, known)
        reason = memory.hopeless(operation.label, [""])
        if reason:
            raise Inconclusive(reason)
        return opened(self, operation) if isinstance(operation, Socket) else self.reach(operation)

    def _renewed(self, operation: Operation, known: Accepted) -> Accepted:
        """The like of ``known`` with things made anew; itself, where it refers to none."""
        if takes(self.target, operation) or self.target.references(operation):
            with suppress(Inconclusive):  # Then the case that was served is as good as any.
                known = self.reach(operation, fresh=True)
        self.target.memory.accepted[operation.label] = replace(known, made=monotonic())
        return known

    def _repeat(self, operation: Operation) -> None:
        """Find out, once, whether a write is served again with what it takes from answers.

        If not, each of its cases gets new values from now on, once the last ones are used up:
        what is refused because its code was spent shows nothing.
        """
        memory, label = self.target.memory, operation.label
        if operation.safe or label in memory.repeated or not takes(self.target, operation):
            return
        memory.repeated.add(label)
        if operation.method == "DELETE":
            memory.spend(label)
        elif label not in memory.once:
            with suppress(Inconclusive):  # Then the case that was served is as good as any.
                self.reach(operation)

    def valid(self, operation: Operation) -> st.SearchStrategy[Case]:
        """Schema-valid cases whose references exist."""
        return valid_cases(self, operation)

    def invalid(self, operation: Operation) -> st.SearchStrategy[Case]:
        """Cases with one fault, otherwise like an accepted one."""
        return invalid_cases(self, operation)

    def hostile(self, operation: Operation) -> st.SearchStrategy[Case]:
        """Cases like an accepted one but for one hostile value."""
        return hostile_cases(self, operation)

    def written(self, operations: Sequence[Operation]) -> st.SearchStrategy[Case]:
        """Valid, faulty and hostile cases of several operations by turns."""
        return written_cases(self, operations)

    def judge(self, exchange: Exchange, *, besides: tuple[str, ...] = ()) -> None:
        """Refute the running property when a check of its own complained about ``exchange``.

        What is held against it under a property of ``besides`` ends the example too, and is
        shrunk, but it is a finding of that property.
        """
        self.example.expected += 1
        for each in (self.example.tally.property.id, *besides):
            for complaint in self.target.observer.against(exchange, each):
                refute(complaint, exchange)

    def faulty(self, operation: Operation) -> Iterator[Case]:
        """All the cases of one fault that the boundary cases give, for tests that draw nothing."""
        return isolated_cases(self, operation)
