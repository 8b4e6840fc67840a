"""Somebody whose sessions may be ended: made for one example, or a principal's own further ones."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Literal

from troth.config.asks import GivenSection
from troth.config.principals import SessionSection
from troth.credential import COOKIES, cookies_of, jwt_life, seconds
from troth.exchange import Exchange
from troth.expression import Expression, ExpressionError, evaluate
from troth.models.errand import Errand
from troth.models.scene import Scene, Taken
from troth.prop import Inapplicable, Inconclusive, control
from troth.session import Session, session
from troth.spec.operation import Operation
from troth.told import computed, leaves

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

REFRESH: Final = "$refresh"
MOST_PROBES: Final = 6
EARLY: Final = 0.8
"""Of a token's life that it is surely good for."""

Kind = Literal["access", "refresh"]
State = Literal["live", "dead", "unknown"]


@dataclass
class Token:
    """A token, and what the model says of it. ``why`` is what it died of, in words.

    ``taken`` is the bearer token; of a session that lives in cookies it stands for these.
    """

    kind: Kind
    taken: Taken
    exchange: Exchange
    state: State = "live"
    why: str = ""
    good_until: float = float("inf")
    asked: bool = False
    """Whether it was tried since it died; of refresh tokens, which are tried once."""

    @property
    def due(self) -> bool:
        """Whether it may have ended by itself."""
        return monotonic() > self.good_until


@dataclass
class Grant:
    """One session: the answer to its login, and all the tokens that it had, the latest last."""

    login: Exchange
    access: list[Token] = field(default_factory=list)
    refresh: list[Token] = field(default_factory=list)
    live: bool = True

    def tokens(self) -> list[Token]:
        """All of them."""
        return [*self.access, *self.refresh]


@dataclass
class Person:
    """Logs in as often as is wanted. ``disposable`` says whether all of their sessions may end."""

    scene: Scene
    steps: Session
    section: SessionSection
    body: Mapping[str, Any]
    disposable: bool
    former: Mapping[str, Any] | None = None
    """The login's body before the password was changed."""

    @property
    def world(self) -> "World":
        """Where it happens."""
        return self.scene.world

    def log_in(self) -> Grant:
        """A new session. Raises Inconclusive when there is none."""
        answer = self.try_to_log_in(self.body)
        control(answer.ok, f"{answer.operation} answered {answer.status} to a login")
        return self.granted(answer)

    def try_to_log_in(self, body: Mapping[str, Any]) -> Exchange:
        """The answer to a login."""
        return self.scene.ask(self.steps.entry, GivenSection(body=body), purpose="log in")

    def granted(self, answer: Exchange, grant: Grant | None = None) -> Grant:
        """The session with the tokens that a login, or a refresh, has answered."""
        first = grant is None
        steps = self.steps
        found = grant or Grant(answer)
        ways = (steps.token, steps.refresh)
        if not first:
            ways = (steps.renewed_token, steps.renewed_refresh)
        if steps.login.cookie and cookies_of(answer)[0]:
            taken = Taken(cookies_of(answer)[0], f"{answer.number} {COOKIES}")
            found.access.append(Token("access", taken, answer))
        token = self._token("access", ways[0], answer)
        if token is not None:
            found.access.append(token)
        refresh = self._token("refresh", ways[1], answer)
        if refresh is not None and not any(
            each.taken.value == refresh.taken.value for each in found.refresh
        ):
            found.refresh.append(refresh)
        control(found.access, f"{answer.operation} answered no token")
        return found

    def _token(self, kind: Kind, way: Expression | None, answer: Exchange) -> Token | None:
        try:
            value = evaluate(way, answer) if way is not None else None
        except ExpressionError:
            value = None
        if way is None or not isinstance(value, str) or not value:
            return None
        self.world.target.redactor.add(value)
        token = Token(kind, Taken(value, f"{answer.number} {way.text}"), answer)
        life = jwt_life(value, 0.0) if kind == "access" else None
        if kind == "access" and self.steps.lifetime is not None:
            with suppress(ExpressionError):
                life = seconds(evaluate(self.steps.lifetime, answer)) or life
        if life is not None and life < 1e8:  # else it is no length of time
            token.good_until = monotonic() + life * EARLY
        return token

    def with_token(self, operation: Operation, token: Token, purpose: str, **more: Any) -> Errand:
        """A request on the strength of ``token`` alone."""
        section = GivenSection(**more)
        if isinstance(token.taken.value, str):
            return self.scene.errand(operation, section, token=token.taken, purpose=purpose)
        bare = self.scene.errand(
            operation, section.model_copy(update={"principal": "anonymous"}), purpose=purpose
        )
        source = f"cookies <- {token.taken.source}"
        return replace(bare, cookies=token.taken.value, sources=(*bare.sources, source))

    def refreshing(self, token: Token, access: Token | None, purpose: str) -> Errand:
        """The request that renews a session with a refresh token."""
        renewal = self.steps.renewal
        if renewal is None:
            raise Inapplicable("[session] has no refresh")
        body: Any = _filled(self.steps.renewal_body, token.taken)
        if renewal.secured and access is not None:
            return self.with_token(renewal, access, purpose, body=body)
        given = GivenSection(body=body, principal="anonymous")
        return self.scene.errand(renewal, given, purpose=purpose)

    def leaving(self, operation: Operation, grant: Grant, purpose: str) -> Errand:
        """The request that ends the session that it is sent from."""
        step = self.section.logout
        wanted: Mapping[str, Any] | None = step.body if step is not None else None
        if wanted is None and operation.body is not None and grant.refresh:
            wanted = self.steps.renewal_body
        more: dict[str, Any] = {}
        if wanted and grant.refresh:
            more["body"] = _filled(wanted, grant.refresh[-1].taken)
        if operation.secured or not more:
            return self.with_token(operation, grant.access[-1], purpose, **more)
        given = GivenSection(principal="anonymous", **more)
        return self.scene.errand(operation, given, purpose=purpose)

    def probe(self, token: Token) -> Exchange:
        """Whether an access token is good: the answer of an operation that asks for one."""
        operation = self._prober(token)
        answer = self.world.run(self.with_token(operation, token, "is it still good?"))
        control(answer.response and answer.status < 500, "no answer to judge")
        control(answer.status != 429, "the service limits how often it may be asked")
        return answer

    def _prober(self, token: Token) -> Operation:
        memory, target = self.world.target.memory, self.world.target
        if memory.prober:
            return self.scene.operation(memory.prober)
        if self.section.probe is not None:
            memory.prober = self.section.probe
            return self.scene.operation(self.section.probe)
        for operation in candidates(target)[:MOST_PROBES]:
            nobody = self.world.run(
                self.scene.errand(operation, GivenSection(principal="anonymous"))
            )
            if nobody.status not in {401, 403}:
                continue
            if self.world.run(self.with_token(operation, token, "is it good?")).ok:
                memory.prober = operation.label
                return operation
        raise Inconclusive(
            "no operation shows whether a token is good; name one as `[session] probe`"
        )


def person(world: "World") -> Person:
    """Somebody new, or the first principal who logs in. Raises Inapplicable, Inconclusive."""
    target = world.target
    section = target.file.session
    steps = session(section, target.spec, target.base_url + target.prefix)
    if steps is None:
        raise Inapplicable("nobody logs in: [session] has no login")
    throwaway = section.throwaway
    if throwaway is not None:
        scene = Scene(world, throwaway.given)
        return Person(scene, steps, section, scene.filled(throwaway.login), disposable=True)
    for name, each in target.file.principals.items():
        if each.login is not None:
            scene = Scene(world)
            return Person(scene, steps, section, _login(name, each.login), disposable=False)
    raise Inapplicable("no principal logs in, and [session] has no throwaway")


def candidates(target: "Target") -> list[Operation]:
    """Reading operations that ask for a credential and nothing else, the shortest path first."""
    found = [
        each
        for each in target.spec.operations
        if each.method == "GET"
        and each.secured
        and "{" not in each.path
        and not any(parameter.required for parameter in each.parameters)
        and target.closed(each) is None
        and target.told(each).principal is None
        and not any("event-stream" in str(value) for value in each.responses.values())
    ]
    return sorted(found, key=lambda each: (each.path.count("/"), len(each.path), each.path))


def _login(name: str, body: Mapping[str, Any]) -> Any:
    """The login of a principal, whose values a replay finds in the target file."""
    known = dict(leaves(body))

    def marked(value: Any, at: str) -> Any:
        if isinstance(value, Mapping):
            return {key: marked(each, f"{at}/{key}") for key, each in value.items()}
        if isinstance(value, str) and known.get(at) == value and not re.match(r"\$totp", value):
            return Taken(value, f"login {name} {at}")
        return computed(value)

    return marked(body, "")


def _filled(value: Any, refresh: Taken) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(each, refresh) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(each, refresh) for each in value]
    return refresh if value == REFRESH else value
