"""Credentials on trial: before an operation that is served with them, and refused without."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from troth.authority.brought import BROUGHT
from troth.authority.forgery import Forgery, Keys, Token, forgeries, token_of
from troth.authority.keyset import KeySet, published
from troth.authority.presented import Presented, instead, presented, served
from troth.case import Case, Values
from troth.exchange import Exchange, Request
from troth.people.person import MOST_PROBES, candidates
from troth.principal import ANONYMOUS, LoginFailed
from troth.prop import Inconclusive
from troth.strategies.credentials import OF_ANOTHER, of_another_kind, way
from troth.told import Gone
from troth.transport.record import NotSent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from troth.spec.operation import Operation
    from troth.target import Target
    from troth.world import World


@dataclass
class Trial:
    """A principal's credential before an operation that is served with it, and refused without."""

    world: "World"
    shown: Presented
    case: Case
    genuine: Exchange

    @property
    def token(self) -> Token | None:
        """The credential as a token, None where it is none."""
        return token_of(self.shown.value)

    def ask(self, text: str, *, way: str) -> Exchange:
        """The answer to ``text`` in its place. Raises Inconclusive."""
        answer = instead(self.world, self.case, self.shown, text, way=way)
        if answer.response is None or answer.status == 429:
            raise Inconclusive("no answer to judge")
        return answer

    def believed(self, text: str, *, way: str) -> Exchange | None:
        """The answer to the token ``text`` where it is served as the genuine one is, twice; else
        None.
        """
        return self.taken_for(self.whole(text), way=way)

    def whole(self, text: str) -> str:
        """The whole credential that has ``text`` for its token."""
        return f"{self.shown.scheme} {text}" if self.shown.scheme else text

    def taken_for(self, text: str, *, way: str) -> Exchange | None:
        """The same of a whole credential. Raises Inconclusive."""
        for _ in range(2):
            answer = self.ask(text, way=way)
            if not served(answer, self.genuine):
                return None
        return answer


def trial(world: "World", who: str) -> Trial:
    """Where the credential of ``who`` is tried. Raises Inconclusive where nothing tells."""
    target = world.target
    shown = presented(target.principals[who])
    if shown is None:
        raise Inconclusive(f"`{who}` shows nothing")
    for operation, values in _probes(world, who):
        case = target.generator.build(operation, values, purpose="is it good?")
        genuine = world.send(case, principal=who)
        if not genuine.ok:
            continue
        found = Trial(world, shown, case, genuine)
        made_up = way("a credential of the same form with other letters")
        assert made_up is not None
        for text in (None, made_up.make(shown)):
            refused = instead(world, case, shown, text, way=made_up.name if text else "")
            if served(refused, genuine):
                break
        else:
            return found
    raise Inconclusive(
        f"no operation shows whether the credential of `{who}` is good; "
        "name one as `[session] probe`"
    )


def _probes(world: "World", who: str) -> "Iterator[tuple[Operation, Values]]":
    """What may tell: what asks for nothing else first, then what was served to that principal."""
    target = world.target
    named = target.file.session.probe
    first = target.spec.operation(named) if named else None
    fitting = [each for each in candidates(target) if who in target.senders(each)]
    if first is not None and who in target.senders(first):
        fitting = [first, *fitting]
    yield from ((each, Values()) for each in fitting[:MOST_PROBES])
    more = 0
    for each in target.spec.operations:
        streams = any("event-stream" in str(one.content) for one in each.responses.values())
        asked = each.method == "GET" and each.secured and each not in fitting and not streams
        if not asked or target.closed(each) or who not in target.senders(each):
            continue
        if target.told(each).token is not None or target.told(each).principal not in {None, who}:
            continue
        with suppress(Inconclusive):
            accepted = world.accepted(each)
            more += 1
            if accepted.principal == who:
                yield each, accepted.values
        if more == MOST_PROBES:
            return


def keyset(world: "World") -> KeySet | None:
    """The published keys. Raises Inconclusive."""
    target = world.target

    def fetch(path: str) -> Exchange:
        operation = target.spec.operation(f"GET {path}")
        return world.send(
            Case(operation, "GET", path, purpose="the published keys"), principal=ANONYMOUS
        )

    return published(target, fetch)


def keys(target: "Target", found: KeySet | None, who: str) -> Keys:
    """All that forgers may know."""
    credential = target.principals[who].credential()
    session = target.file.session
    refresh = credential.refresh or ""
    return Keys(
        found.keys if found else (),
        session.signing_key or "",
        refresh if refresh != credential.token else "",
        target.listener.hold,
    )


def forged_again(target: "Target", text: str) -> str:
    """What stands behind `forged` in a source, made anew for a replay. Raises Gone."""
    who, _, name = text.partition(" ")
    principal = target.principals.get(who)
    try:
        shown = presented(principal) if principal else None
    except Inconclusive as reason:
        raise Gone(str(reason)) from None
    if shown is None:
        raise Gone(f"`{who}` is no principal with a credential")
    known = way(name)
    made = known.make(shown) if known else None
    if name == OF_ANOTHER:
        made = of_another_kind(target, shown)
    forgery = next((each for each in (*forgeries(), *BROUGHT) if each.name == name), None)
    if forgery is not None:
        made = _whole(shown, _forged(target, shown, forgery))
    if made is None:
        raise Gone(f"`{name}` cannot be made of what `{who}` shows now")
    if shown.place == "cookie":
        pairs = (*shown.crumbs, (shown.name, made))
        return "; ".join(f"{each}={value}" for each, value in pairs)
    return made


def _whole(shown: Presented, token: str | None) -> str | None:
    return f"{shown.scheme} {token}" if token and shown.scheme else token


def _forged(target: "Target", shown: Presented, forgery: Forgery) -> str | None:
    def fetch(path: str) -> Exchange:
        request = Request("GET", target.url(path))
        return target.principals[ANONYMOUS].send(request, operation=None, purpose="keys")

    token = token_of(shown.value)
    try:
        known = keys(target, published(target, fetch), shown.who)
    except (NotSent, LoginFailed) as reason:
        raise Gone(str(reason)) from None
    made = Token({}, {}, ("", "", ""))
    return forgery.make(token or made, known)
