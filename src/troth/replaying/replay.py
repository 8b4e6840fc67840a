"""The smallest history of a finding is sent again, to see whether it still fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import Any, Protocol
from urllib.parse import urlsplit

from troth.authority.row import same_rows
from troth.case import Script
from troth.exchange import Exchange, History, Request
from troth.expression import ExpressionError, pointed
from troth.finding import Complaint, Finding
from troth.replaying.remake import Gone, Remade
from troth.replaying.resend import TOKEN, Again, again, in_body, knows, moved, renamed
from troth.session import LoginFailed
from troth.transport.record import NotSent, UnsendableRequest
from troth.transport.together import Meeting, at_once

Judge = Callable[[Exchange], tuple[Complaint, ...]]
Remake = Callable[[Exchange, History], Remade]


class Sender(Protocol):
    """What replay needs of a principal; `troth.principal.Principal` is one."""

    def send(
        self,
        request: Request,
        *,
        operation: str | None,
        purpose: str = "",
        authenticate: bool = True,
        token: str = "",
        script: Script | None = None,
        ready: Callable[[], None] | None = None,
    ) -> Exchange:
        """Sends the request, with the principal's credential put on where ``authenticate``, or
        with ``token`` in its place; as the handshake of a WebSocket where there is a ``script``.
        ``ready`` is called before anything goes out.
        """


class Replayed(Protocol):
    """What replay needs of a target; `troth.target.Target` is one."""

    @property
    def base_url(self) -> str:
        """Where the service is now."""

    @property
    def principals(self) -> Mapping[str, Sender]:
        """Who may call it, by name; the credentials are fresh."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it. ``still_fails`` is None when the question could not be asked."""

    still_fails: bool | None
    exchanges: History
    message: str
    sure: bool = True
    """Whether what was sent can tell; not where several answers were compared, and the last of
    them is served again."""


def replay(
    finding: Finding,
    target: Replayed,
    *,
    judge: Judge | None = None,
    remake: Remake = lambda old, _: Remade(old),
    recorded_base_url: str = "",
) -> Replay:
    """Sends ``finding.history`` again, in order, as the same principals.

    Ids that the recorded responses introduced become those that the new responses have in the
    same place. With ``judge`` the finding still fails when the new witness is complained of for
    the same property and root; without, when it ends as it did: same status, same breakage.
    ``remake`` finds tokens, one-time codes and signatures anew.
    ``recorded_base_url`` is where the service was then; without it only the origin is replaced.
    """
    if not finding.history:
        return Replay(None, (), "the finding has no history to send")
    sent: list[Exchange] = []
    names: dict[str, str] = {}
    lost = ""
    # Where the run knew its own credentials, one that it did not know was made up.
    told = any(knows(each) for each in finding.history)
    batches = _batches(finding.history)
    for batch in batches:
        last = batch is batches[-1]
        ready: list[tuple[Again, Callable[[Meeting | None], Exchange]]] = []
        for old in batch:
            role = "the witness" if old is finding.history[-1] else f"exchange {old.number}"
            principal = target.principals.get(old.principal)
            if principal is None:
                known = ", ".join(sorted(target.principals)) or "none"
                message = f"{role} was sent by {old.principal!r}; the target file names {known}"
                return Replay(None, tuple(sent), message)
            authenticate = not told or knows(old)
            try:
                remade = remake(old, tuple(sent))
            except Gone as reason:
                return Replay(None, tuple(sent), f"{role} was not sent: {reason}")
            asked = remade.exchange
            url = moved(asked.request.url, recorded_base_url, target.base_url)
            fresh = bool(remade.token) or (authenticate and old.principal != "anonymous")
            anew = again(asked, url, names, fresh=fresh)
            sending = partial(
                principal.send,
                remade.finished(anew.request),
                operation=old.operation,
                purpose=f"replay of {role}",
                authenticate=authenticate,
                token=remade.token,
                script=_script(old, names),
            )
            ready.append((anew, lambda meet, sending=sending: sending(ready=meet)))  # type: ignore[misc]
        try:
            new = at_once([each for _, each in ready]) if len(ready) > 1 else [ready[0][1](None)]
        except (NotSent, UnsendableRequest, LoginFailed) as reason:
            return Replay(None, tuple(sent), f"{role} was not sent: {reason}")
        sent += new
        lost = ready[-1][0].lost(new[-1])
        if not last and len(batch) == 1 and batch[0].ok and not new[0].ok:
            because = f" ({lost})" if lost else ""
            message = (
                f"{role}, {old.request.method} {urlsplit(old.request.url).path}, was served with "
                f"{outcome(old)} and now ends with {outcome(new[0])}{because}: "
                "what the witness needs is not there"
            )
            return Replay(None, tuple(sent), message)
        if not last:
            # Of what was sent at once another one may have come first: like goes with like.
            by_status = attrgetter("status")
            pairs = zip(sorted(batch, key=by_status), sorted(new, key=by_status), strict=True)
            for one, other in pairs:
                names |= dict(renamed(one, other))
    still, message = _judged(finding, new, judge, names)
    if still and not same_rows(finding.telling, finding.history, tuple(sent)):
        still, message = False, "does not fail any more: another value stands there"
    if not still and lost:
        # What was redacted may be what made it fail: it shows nothing that this did not.
        return Replay(None, tuple(sent), f"{message}; but {lost}")
    told_apart = judge is not None or finding.telling or len(new) > 1 or not new[-1].ok
    return Replay(still, tuple(sent), message, sure=not still or bool(told_apart))


def _batches(history: History) -> list[History]:
    """What was sent at once goes together; everything else by itself."""
    found: list[History] = []
    for each in history:
        if found and each.together and found[-1][0].together == each.together:
            found[-1] = (*found[-1], each)
        else:
            found.append((each,))
    return found


def _script(old: Exchange, names: Mapping[str, str]) -> Script | None:
    """What was said over a WebSocket is said again, and as much is waited for as was heard."""
    if old.frames is None:
        return None
    said = [
        replace(each, data=_framed(each.data, names)) if each.kind == "text" else each
        for each in old.frames
        if each.sent and each.kind != "close"
    ]
    return Script(tuple(said), awaited=sum(not each.sent for each in old.frames))


def _framed(data: bytes, names: Mapping[str, str]) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    return in_body(text, names).encode("utf-8", "surrogateescape")


def outcome(exchange: Exchange) -> str:
    """How an exchange ended, in a word or two."""
    return str(exchange.status) if exchange.response is not None else str(exchange.breakage)


def _judged(
    finding: Finding, answers: list[Exchange], judge: Judge | None, names: Mapping[str, str]
) -> tuple[bool, str]:
    old, new = finding.history[-1], answers[-1]
    if judge is not None:
        complaints = judge(new)
        for each in complaints:
            if (each.property, each.root) == (finding.property, finding.root):
                return True, f"still fails: {each.message}"
        others = "; ".join(f"{each.property}: {each.message}" for each in complaints)
        but = f", though the checks now say: {others}" if others else ""
        return False, f"does not fail any more: {outcome(new)}{but}"
    if len(answers) > 1:
        # Sent at once: who of them is served is the service's affair, how many is the point.
        recorded = _batches(finding.history)[-1]
        before, after = sorted(map(outcome, recorded)), sorted(map(outcome, answers))
        several = sum(each.ok for each in recorded) > 1 and sum(each.ok for each in answers) > 1
        same, how = several or before == after, ", ".join(after)
        what = "still fails" if same else "does not fail any more"
        return same, f"{what}: what was sent at once ends with {how}"
    if (new.status, new.breakage) != (old.status, old.breakage):
        return False, f"does not fail any more: {outcome(new)} where {outcome(old)} was recorded"
    for pointer in finding.telling:
        word, _, id_ = pointer.partition(" ")
        if word in {"has", "lacks"}:
            if _mentions(new, names.get(id_, id_)) != (word == "has"):
                return False, f"does not fail any more: the witness no longer {word} it"
        elif _at(new, pointer) != _at(old, pointer):
            return False, f"does not fail any more: another value stands at {pointer or '/'}"
    return True, f"still fails: the witness ends with {outcome(new)} as it did"


def _mentions(exchange: Exchange, id_: str) -> bool:
    """Whether a scalar of the answer is that id."""
    text = exchange.response.body.decode("utf-8", "replace") if exchange.response else ""
    whole = (match["string"] or match["number"] for match in TOKEN.finditer(text))
    return any(each == id_ for each in whole)


def _at(exchange: Exchange, pointer: str) -> Any:
    try:
        assert exchange.response is not None
        return pointed(exchange.response.json(), pointer, text=pointer)
    except (AssertionError, ValueError, ExpressionError):
        return None
