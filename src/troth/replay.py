"""The smallest history of a finding is sent again, to see whether it still fails."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from secrets import token_urlsafe
from typing import Any, Final, Protocol
from urllib.parse import quote, unquote, urlsplit

from troth.case import Script
from troth.exchange import Exchange, History, Request
from troth.expression import ExpressionError, pointed
from troth.finding import Complaint, Finding
from troth.redaction import SENSITIVE
from troth.remake import Gone, Remade
from troth.row import same_rows
from troth.session import LoginFailed
from troth.transport.record import NotSent, UnsendableRequest
from troth.transport.together import Meeting, at_once

Judge = Callable[[Exchange], tuple[Complaint, ...]]
Remake = Callable[[Exchange, History], Remade]

_MARK = re.compile(r"\[(?:redacted|secret:\d+)\]")
# What the recorder and the connection add by themselves.
_OWN: Final = frozenset(
    {"host", "user-agent", "accept-encoding", "connection", "content-length"}
    | {"upgrade", "sec-websocket-key", "sec-websocket-version"}
)
# A shorter value stands in too many places by chance (page 1, size 10, `ok`): it is taken for an
# id only where the member or parameter is named like one.
_TELLING: Final = 8
_IDENTIFYING = re.compile(r"(?:^|[_-])(?:id|ids|uuid|guid|slug|key|ref|number)$|(?:Id|Ids|ID)$")
_PASSWORD = re.compile(
    r'("[^"\\]*pass(?:word|phrase|wd)[^"\\]*"\s*:\s*)"\[redacted\]"', re.IGNORECASE
)
_MADE = f"Aa1-{token_urlsafe(18)}"
_SEPARATORS = re.compile("[/?&=]")
_TOKEN = re.compile(
    r'"(?P<name>[^"\\]*)"\s*:|"(?P<string>[^"\\]*)"|"(?:[^"\\]|\\.)*"'
    r"|(?P<number>-?[0-9]+)(?![0-9.eE])",
    re.DOTALL,
)


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
    told = any(_knows(each) for each in finding.history)
    batches = _batches(finding.history)
    for batch in batches:
        last = batch is batches[-1]
        ready: list[tuple[_Again, Callable[[Meeting | None], Exchange]]] = []
        for old in batch:
            role = "the witness" if old is finding.history[-1] else f"exchange {old.number}"
            principal = target.principals.get(old.principal)
            if principal is None:
                known = ", ".join(sorted(target.principals)) or "none"
                message = f"{role} was sent by {old.principal!r}; the target file names {known}"
                return Replay(None, tuple(sent), message)
            authenticate = not told or _knows(old)
            try:
                remade = remake(old, tuple(sent))
            except Gone as reason:
                return Replay(None, tuple(sent), f"{role} was not sent: {reason}")
            asked = remade.exchange
            url = moved(asked.request.url, recorded_base_url, target.base_url)
            fresh = bool(remade.token) or (authenticate and old.principal != "anonymous")
            again = _again(asked, url, names, fresh=fresh)
            sending = partial(
                principal.send,
                remade.finished(again.request),
                operation=old.operation,
                purpose=f"replay of {role}",
                authenticate=authenticate,
                token=remade.token,
                script=_script(old, names),
            )
            ready.append((again, lambda meet, sending=sending: sending(ready=meet)))  # type: ignore[misc]
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
                names |= dict(_renamed(one, other))
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
    return _in_body(text, names).encode("utf-8", "surrogateescape")


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
    whole = (match["string"] or match["number"] for match in _TOKEN.finditer(text))
    return any(each == id_ for each in whole)


def _at(exchange: Exchange, pointer: str) -> Any:
    try:
        assert exchange.response is not None
        return pointed(exchange.response.json(), pointer, text=pointer)
    except (AssertionError, ValueError, ExpressionError):
        return None


@dataclass(frozen=True, slots=True)
class _Again:
    """A request to send now; what redaction took from it, and what its sender must put back."""

    request: Request
    redacted: tuple[str, ...]
    expected: tuple[str, ...]

    def lost(self, new: Exchange) -> str:
        """Why ``new`` may differ from what was recorded, or nothing."""
        query = urlsplit(new.request.url).query
        absent = [f"its query `{name}`" for name in self.expected if f"{name}=" not in query]
        places = [*self.redacted, *absent]
        return f"{' and '.join(places)} stood redacted in the record" if places else ""


def _knows(exchange: Exchange) -> bool:
    """Whether the exchange carries a credential that the run knew as one of its own."""
    request = exchange.request
    return "[secret:" in request.url or any("[secret:" in value for _, value in request.headers)


def _again(old: Exchange, url: str, names: Mapping[str, str], *, fresh: bool) -> _Again:
    redacted = []
    expected: list[str] = []
    if fresh:
        url, expected = _without_key(url)
    if _MARK.search(url):
        redacted.append("its URL")
    headers: list[tuple[str, str]] = []
    for name, value in old.request.headers:
        if name.lower() in _OWN and not _foreign(name, value, old.request.url):
            continue
        if _MARK.search(value):
            if fresh and (name.lower() in SENSITIVE or "[secret:" in value):
                continue  # the principal puts a fresh one on
            redacted.append(f"its header {name}")
        headers.append((name, names.get(value, value)))
    text = old.request.body.decode("utf-8", "surrogateescape")
    if _MARK.search(text):
        redacted.append("its body")
        # A password is as good as another where an account is made.
        text = _PASSWORD.sub(lambda match: match[1] + json.dumps(_MADE), text)
    body = _in_body(text, names).encode("utf-8", "surrogateescape")
    request = Request(old.request.method, _in_url(url, names), tuple(headers), body)
    return _Again(request, tuple(redacted), tuple(expected))


def _foreign(name: str, value: str, url: str) -> bool:
    """Whether it is a `Host` that was made up, which is the point of the request."""
    return name.lower() == "host" and value != urlsplit(url).netloc


def _without_key(url: str) -> tuple[str, list[str]]:
    """The URL without the API keys that its principal put there, and their names."""
    path, mark, query = url.partition("?")
    pairs = query.split("&")
    keys = [each for each in pairs if re.fullmatch(r"[^=]+=\[(?:redacted|secret:\d+)\]", each)]
    left = [each for each in pairs if each not in keys]
    whole = path + (mark + "&".join(left) if left else "")
    return whole, [each.partition("=")[0] for each in keys]


def moved(url: str, old_base: str, new_base: str) -> str:
    """``url`` at another base URL; without the old one only its origin is replaced."""
    base = old_base.rstrip("/")
    if base and url.startswith((f"{base}/", f"{base}?")):
        return new_base.rstrip("/") + url[len(base) :]
    origin = re.compile(r"[a-zA-Z][\w+.-]*://[^/?#]*")
    place = origin.match(new_base)
    return origin.sub(lambda _: place[0] if place else new_base, url, count=1)


def _renamed(old: Exchange, new: Exchange) -> Iterator[tuple[str, str]]:
    """Values of the old response, with what the new response has in the same place."""
    if old.response is None or new.response is None:
        return
    for name in ("location", "content-location"):
        before, after = old.response.header(name), new.response.header(name)
        if before and after:
            pairs = zip(_SEPARATORS.split(before), _SEPARATORS.split(after), strict=False)
            yield from ((unquote(one), unquote(other)) for one, other in pairs if one != other)
    etags = old.response.header("etag"), new.response.header("etag")
    if etags[0] and etags[1]:
        yield etags[0], etags[1]
    try:
        yield from _paired(old.response.json(), new.response.json(), "")
    except (ValueError, RecursionError):
        return


def _paired(before: Any, after: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() & after.keys():
            yield from _paired(before[key], after[key], key)
    elif isinstance(before, list) and isinstance(after, list):
        for one, other in zip(before, after, strict=False):
            yield from _paired(one, other, name)
    elif _scalar(before) and _scalar(after) and before != after:
        one, other = str(before), str(after)
        if (len(one) >= _TELLING or _IDENTIFYING.search(name)) and not _MARK.search(one):
            yield one, other


def _scalar(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _in_url(url: str, names: Mapping[str, str]) -> str:
    """Ids in a URL are whole segments of its path or values of its query."""
    path, mark, query = url.partition("?")
    path = "".join(_piece(piece, names) for piece in re.split("([/;,:])", path))
    return path + mark + _in_pairs(query, names)


def _in_pairs(text: str, names: Mapping[str, str]) -> str:
    pairs = []
    for pair in text.split("&"):
        name, equals, value = pair.partition("=")
        telling = len(value) >= _TELLING or _IDENTIFYING.search(name)
        pairs.append(name + equals + (_piece(value, names) if telling else value))
    return "&".join(pairs)


def _piece(piece: str, names: Mapping[str, str]) -> str:
    new = names.get(unquote(piece)) if piece else None
    return piece if new is None else quote(new, safe="@:-._~!$'()*+,;")


def _in_body(text: str, names: Mapping[str, str]) -> str:
    """Ids in a body, every other byte left as it is: its oddities may be the point."""
    if not names:
        return text
    if text.lstrip()[:1] not in {"{", "[", '"'}:
        return _in_pairs(text, names)
    member = ""

    def replaced(match: re.Match[str]) -> str:
        nonlocal member
        if match["name"] is not None:
            member = match["name"]
            return match[0]
        value = match["string"] if match["string"] is not None else match["number"]
        if value is None or (len(value) < _TELLING and not _IDENTIFYING.search(member)):
            return match[0]
        new = names.get(value)
        if new is None:
            return match[0]
        return new if match["number"] and re.fullmatch("-?[0-9]+", new) else json.dumps(new)

    return _TOKEN.sub(replaced, text)
