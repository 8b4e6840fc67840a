"""What a principal presents on a request, and the same request with something else in its place."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from troth.blame import blame
from troth.case import CREDENTIAL, Case, Fault
from troth.composing.memory import Accepted
from troth.config.principals import LoginStep
from troth.exchange import Exchange, Headers, Response
from troth.principal import ANONYMOUS, LoginFailed, Principal
from troth.prop import Inconclusive
from troth.redaction import SENSITIVE
from troth.transport.record import NotSent

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

FORGED: Final = "forged"
"""Of a source: behind it stand a principal's name, and how its credential is changed."""

TELLING: Final = 12
"""Bytes of an answer that says something."""
TELLING_VALUE: Final = 6
"""Characters of a value that does."""


@dataclass(frozen=True, slots=True)
class Presented:
    """One credential: the place where it stands, a scheme before it, itself, and what goes along.

    ``place`` is ``header``, ``cookie`` or ``query``. ``others`` are headers and ``crumbs`` cookies
    that are sent beside it and stay as they are.
    """

    who: str
    place: str
    name: str
    scheme: str = ""
    value: str = field(default="", repr=False)
    others: Headers = field(default=(), repr=False)
    crumbs: Headers = field(default=(), repr=False)

    @property
    def kind(self) -> tuple[str, str, str]:
        """Two principals of one kind show the same."""
        return (self.place, self.name.lower(), self.scheme)

    def case(self, case: Case, text: str | None, *, twice: bool = False) -> Case:
        """``case`` with ``text`` in the place of the whole credential; None leaves it out."""
        crumbs = [f"{name}={value}" for name, value in self.crumbs]
        headers = [*case.headers, *self.others]
        path = case.path
        if text is not None and self.place == "header":
            headers += [(self.name, text)] * (2 if twice else 1)
        elif text is not None and self.place == "cookie":
            crumbs.append(f"{self.name}={text}")
        elif text is not None:
            mark = "&" if "?" in path else "?"
            path += f"{mark}{quote(self.name, safe='')}={quote(text, safe='')}"
        if crumbs:
            headers.append(("Cookie", "; ".join(crumbs)))
        return replace(case, headers=tuple(headers), path=path)

    def source(self, way: str) -> str:
        """How a replay finds the changed credential anew; see `Exchange.sources`."""
        places = {"header": f"header.{self.name}", "cookie": "header.Cookie"}
        place = places.get(self.place, f"query.{self.name}")
        return f"{place} <- {FORGED} {self.who} {way}"


def presented(principal: Principal) -> Presented | None:
    """What it shows of itself, None where that is nothing. Raises Inconclusive."""
    try:
        credential, extra = principal.credential(), principal.extra
    except (LoginFailed, NotSent) as reason:
        raise Inconclusive(str(reason)) from reason
    who = principal.name
    if credential.headers:
        first = min(credential.headers, key=lambda pair: pair[0].lower() not in SENSITIVE)
        rest = tuple(each for each in credential.headers if each is not first)
        scheme, space, value = first[1].partition(" ")
        if not space:
            scheme, value = "", first[1]
        return Presented(
            who, "header", first[0], scheme, value, (*rest, *extra), credential.cookies
        )
    if credential.cookies:
        longest = max(credential.cookies, key=lambda pair: len(pair[1]))
        crumbs = tuple(each for each in credential.cookies if each is not longest)
        return Presented(who, "cookie", longest[0], "", longest[1], extra, crumbs)
    if credential.query:
        name, key = credential.query[0]
        return Presented(who, "query", name, value=key, others=extra)
    return None


def bearing(who: str, token: str, login: LoginStep | None) -> Presented:
    """A token that an operation is sent with, where a login's token stands."""
    header, prefix = (login.header, login.prefix) if login else ("Authorization", "Bearer ")
    return Presented(who, "header", header, prefix.strip(), token)


def shown_by(world: "World", accepted: Accepted) -> Presented | None:
    """The credential on the strength of which a case was served; None where there is none."""
    target = world.target
    if accepted.credential == "token":
        login = target.file.session.login
        return bearing(accepted.principal, accepted.values.token, login)
    if accepted.credential != "principal":
        return None
    return presented(target.principals[accepted.principal])


def instead(
    world: "World",
    case: Case,
    shown: Presented,
    text: str | None,
    *,
    way: str = "",
    said: str = "",
    twice: bool = False,
) -> Exchange:
    """Send ``case`` with ``text`` in the place of the credential: nobody's, as far as we know.

    Raises Inconclusive and Unaskable, as `World.send` does.
    """
    faulty = case
    if way:
        fault = Fault(CREDENTIAL, shown.name, way, said or way)
        faulty = replace(case, fault=fault, purpose=f"with {said or way}")
    changed = shown.case(faulty, text, twice=twice)
    errand = world.errand(changed, ANONYMOUS, whole=False)
    if way:
        errand = replace(errand, sources=(*errand.sources, shown.source(way)))
    exchange = world.run(errand)
    blame(world, changed, exchange)
    return exchange


def served(exchange: Exchange, genuine: Exchange) -> bool:
    """Whether it was answered as one who may be: as well as ``genuine``, and in the same words.

    Some services answer 200 to whom they refuse, and say so in the body.
    """
    if exchange.frames is not None or genuine.frames is not None:
        return exchange.ok
    if not exchange.ok or exchange.response is None or genuine.response is None:
        return False
    return _top(exchange.response) == _top(genuine.response)


def told_all_the_same(exchange: Exchange, genuine: Exchange) -> bool:
    """Whether a refusal has in its body what the genuine answer has."""
    one, other = exchange.response, genuine.response
    if exchange.ok or one is None or other is None or len(other.body) < TELLING:
        return False
    if one.body == other.body:
        return True
    # Services have one envelope for good news and bad: what was answered must be in it.
    alike = isinstance(top := _top(one), frozenset) and top == _top(other)
    asked = exchange.request.url + exchange.request.body.decode("utf-8", "replace")
    return alike and any(each not in asked for each in _said(one) & _said(other))


def _said(response: Response) -> set[str]:
    """The texts and numbers of an answer that tell something."""
    found: set[str] = set()

    def gather(value: object) -> None:
        if isinstance(value, dict):
            for each in value.values():
                gather(each)
        elif isinstance(value, list):
            for each in value:
                gather(each)
        elif isinstance(value, str | int | float) and len(str(value)) >= TELLING_VALUE:
            found.add(str(value))

    with suppress(ValueError, RecursionError):
        gather(response.json())
    return found


def _top(response: Response) -> object:
    """Of an object its members' names, else what kind of thing it is."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return response.media_type if response.body else ""
    return frozenset(body) if isinstance(body, dict) else type(body)


def kinds(target: "Target") -> Iterator[tuple[str, Presented]]:
    """One principal for each kind of credential, by name. Raises Inconclusive."""
    seen = set()
    for name, principal in target.principals.items():
        if name in {ANONYMOUS, *target.newcomers}:
            continue
        shown = presented(principal)
        if shown is not None and shown.kind not in seen:
            seen.add(shown.kind)
            yield name, shown
