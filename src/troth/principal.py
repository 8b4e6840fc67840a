"""A principal is an identity that may call the target; it puts its own credential on requests."""

import base64
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from troth.case import Script
from troth.config.principals import PrincipalSection, SessionSection
from troth.credential import Credential, applied
from troth.errors import UsageError
from troth.exchange import Exchange, Headers, Request
from troth.session import LoginFailed, Session, session
from troth.spec.operation import Spec
from troth.told import secret_of
from troth.transport.record import Recorder

ANONYMOUS: Final = "anonymous"

# What identifies a person in a login body is no secret, and hiding it would blank the evidence.
_IDENTITY: Final = frozenset(
    {"email", "username", "user", "user_name", "userid", "user_id", "login", "name"}
    | {"identifier", "tenant", "org", "organization", "account", "grant_type", "scope"}
    | {"client_id", "realm", "domain", "remember", "remember_me", "type", "provider"}
)
_SECRET_HEADER = re.compile(r"auth|cookie|key|token|secret|pass|signature", re.IGNORECASE)
_ATTEMPTS: Final = 2


class _Private(dict[str, Any]):
    """A login body that a traceback with arguments does not show."""

    def __repr__(self) -> str:
        return "<private>"


class Principal:
    """One identity. Safe to share between threads; a login or renewal is done by one of them.

    ``relogins`` counts new logins after a credential that had worked was refused; ``died`` says
    that this happened at all, or that a static credential went: what was seen since may be
    inconclusive. ``enrol`` signs somebody up, when first wanted, and says how they log in; it
    raises LoginFailed.
    """

    def __init__(
        self,
        name: str,
        recorder: Recorder,
        *,
        section: PrincipalSection | None = None,
        steps: Session | None = None,
        now: Callable[[], float] = time.time,
        enrol: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        section = section or PrincipalSection.model_validate({})
        self.name = name
        self.tenant = section.tenant
        self.role = section.role
        self.relogins = 0
        self.died = False
        self._recorder = recorder
        self._steps = steps
        self._now = now
        self._login = None if section.login is None else _Private(section.login)
        self._enrol = enrol
        self._extra = tuple((key, _clean(name, v)) for key, v in section.headers.items())
        self._credential = _static(name, section, steps)
        static = self._login is None and enrol is None
        if name != ANONYMOUS and self._credential is None and static:
            # Headers alone are the credential; beside another one they only accompany it.
            self._credential, self._extra = Credential(headers=self._extra), ()
        self._secrets = frozenset(_configured(section, self._credential))
        self._served: Credential | None = None
        self._stubborn: set[str | None] = set()
        self._failures: list[LoginFailed] = []
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"Principal({self.name!r})"

    @property
    def anonymous(self) -> bool:
        """Whether it has no credential of any kind."""
        return self._credential is None and self._login is None and self._enrol is None

    @property
    def secrets(self) -> frozenset[str]:
        """Every secret value it ever held, for redaction: as it is, without ``Bearer``."""
        return self._secrets  # without the lock: sinks ask for it in the middle of a login

    @property
    def token(self) -> str | None:
        """The current token, got first where need be; None when it has none. Raises LoginFailed."""
        credential = self._current()
        return credential.token if credential is not None else None

    @property
    def extra(self) -> Headers:
        """Headers that accompany its credential: a tenant's name, say."""
        return self._extra

    def credential(self) -> Credential:
        """What it puts on a request now, got first where need be. Raises LoginFailed, NotSent."""
        return self._current() or Credential()

    def credentials(self) -> Headers:
        """The headers a request of its carries now, cookies too. Raises LoginFailed, NotSent."""
        return self.authorize(Request("GET", "http://localhost/")).headers

    def authorize(self, request: Request) -> Request:
        """``request`` with its credential in place of any other. Raises LoginFailed, NotSent."""
        return applied(request, self._current() or Credential(), self._extra)

    def bearing(self, request: Request, token: str) -> Request:
        """``request`` on the strength of ``token`` alone, put where a login's token is put."""
        return applied(request, _bearer(token, self._steps), self._extra)

    def forget(self) -> None:
        """Drops a credential that was got by login: the next request logs in anew."""
        with self._lock:
            if self._login is not None:
                self._credential = self._served = None
                self._failures.clear()

    def anew(self) -> None:
        """Be somebody else from now on, who signs up when first asked: for whom `enrol` makes."""
        with self._lock:
            if self._enrol is not None:
                self._login = self._credential = self._served = None
                self._failures.clear()
                self.died = False

    def called(self, member: str) -> str:
        """What its login has there, such as an e-mail address; empty where there is nothing."""
        value = self._login.get(member) if self._login is not None else None
        return value if isinstance(value, str) and member.lower() in _IDENTITY else ""

    def send(
        self,
        request: Request,
        *,
        operation: str | None,
        purpose: str = "",
        authenticate: bool = True,
        renew: bool = True,
        token: str = "",
        sources: tuple[str, ...] = (),
        script: Script | None = None,
        ready: Callable[[], None] | None = None,
    ) -> Exchange:
        """Sends ``request`` as this principal; with ``token``, on the strength of that alone.

        With a ``script`` it is the handshake of a WebSocket. ``ready`` is called when a connection
        of its own stands, before anything is sent.

        A 401 for a credential that was served before is answered with a new login and the same
        request once more (it was refused, so it had no effect); ``renew=False`` leaves the 401.
        Without ``authenticate`` the request goes as it is, with the extra headers that accompany
        a credential, but without that. Raises LoginFailed, NotSent.
        """
        __tracebackhide__ = True  # pytest shows arguments, and these hold credentials

        def sent(credential: Credential | None, purpose: str) -> Exchange:
            whole = applied(request, credential or Credential(), self._extra)
            return self._recorder.send(
                whole,
                principal=self.name,
                operation=operation,
                purpose=purpose,
                sources=sources,
                script=script,
                ready=ready,
            )

        if token:
            return sent(_bearer(token, self._steps), purpose)
        if not authenticate:
            return sent(None, purpose)
        credential = self._current(renew=renew)
        exchange = sent(credential, purpose)
        if exchange.ok:
            self._served = credential
            return exchange
        if exchange.status != 401 or credential is None or not renew:
            return exchange
        fresh = self._replacement(credential, operation)
        if fresh is None:
            return exchange
        again = f"{purpose}; " if purpose else ""
        exchange = sent(fresh, f"{again}again, after a new login")
        if exchange.status == 401:
            # The answer is the operation's own (a wrong old password, say): ask it no more.
            self._stubborn.add(operation)
        else:
            self.died = True
        if exchange.ok:
            self._served = fresh
        return exchange

    def _step(self, request: Request, operation: str, purpose: str) -> Exchange:
        __tracebackhide__ = True  # pytest shows arguments, and these hold credentials
        return self._recorder.send(
            applied(request, Credential(), self._extra),
            principal=self.name,
            operation=operation,
            purpose=purpose,
            first=self._learn,
        )

    def _learn(self, exchange: Exchange) -> None:
        if self._steps is not None:
            self._secrets |= {*self._steps.secrets(exchange)}

    def _current(self, *, renew: bool = True) -> Credential | None:
        with self._lock:
            old = self._credential
            if self._login is None and self._enrol is not None:
                self._login = _Private(self._enrol())
                self._secrets |= {*_passwords(self._login, secret=False)}
            if self._login is None or self._steps is None:
                return old
            if old is None:
                return self._log_in(self._steps, self._login)
            if not renew or not old.stale(self._now()):
                return old
            fresh = self._steps.renew(self.name, old, self._step, self._now)
            if fresh is None:
                return self._log_in(self._steps, self._login)
            return self._hold(fresh)

    def _replacement(self, refused: Credential, operation: str | None) -> Credential | None:
        with self._lock:
            if self._credential is not refused and self._credential is not None:
                return self._credential  # another thread was here first
            if self._served is not refused or operation in self._stubborn:
                return None
            if self._login is None or self._steps is None:
                self.died = True
                return None
            try:
                fresh = self._log_in(self._steps, self._login)
            except LoginFailed:
                self.died = True  # the 401 stands; who may no longer log in has nothing else
                return None
            self.relogins += 1
            return fresh

    def _log_in(self, steps: Session, body: Mapping[str, Any]) -> Credential:
        if len(self._failures) >= _ATTEMPTS:
            raise self._failures[-1]
        try:
            fresh = steps.log_in(self.name, body, self._step, self._now)
        except LoginFailed as failure:
            if failure.status:  # what was not answered may be answered later
                self._failures.append(failure)
            raise
        self._failures.clear()
        return self._hold(fresh)

    def _hold(self, credential: Credential) -> Credential:
        self._secrets |= {*credential.secrets()}
        self._credential = credential
        return credential


def principals(
    config: Mapping[str, PrincipalSection],
    section: SessionSection,
    spec: Spec,
    recorder: Recorder,
    base_url: str,
    *,
    now: Callable[[], float] = time.time,
) -> Mapping[str, Principal]:
    """All principals by name in the order of the target file, ``anonymous`` last.

    Nothing is sent: a principal logs in when it is first used. Raises UsageError.
    """
    steps = session(section, spec, base_url)
    found = {}
    for name, each in config.items():
        _sound(name, each, steps)
        if name != ANONYMOUS:
            found[name] = Principal(name, recorder, section=each, steps=steps, now=now)
    nobody = config.get(ANONYMOUS)
    found[ANONYMOUS] = Principal(ANONYMOUS, recorder, section=nobody, steps=steps, now=now)
    return found


def _sound(name: str, section: PrincipalSection, steps: Session | None) -> None:
    ways = ("token", "basic", "api_key", "login")
    given = [way.replace("_", "-") for way in ways if getattr(section, way) is not None]
    place = f"[principals.{name}]"
    if name == ANONYMOUS and given:
        raise UsageError(f"{place} has `{given[0]}`; `{ANONYMOUS}` has no credential: rename it")
    if len(given) > 1:
        raise UsageError(f"{place} has both `{given[0]}` and `{given[1]}`; keep one")
    if not given and not section.headers and name != ANONYMOUS:
        raise UsageError(f"{place} has no credential; give `token`, `basic`, `api-key` or `login`")
    if section.login is not None and steps is None:
        raise UsageError(
            f"{place} has `login`, but nothing says how to log in, and the document has no "
            "operation that takes just that; "
            'add `[session] login = { operation = "…" }`'
        )
    if section.api_key is not None:
        key = section.api_key
        if sum(each is not None for each in (key.header, key.query, key.cookie)) != 1:
            raise UsageError(
                f"{place} api-key needs one of `header`, `query` and `cookie`, where the document "
                "has no place for one"
            )


def _static(name: str, section: PrincipalSection, steps: Session | None) -> Credential | None:
    if section.token is not None:
        return _bearer(_clean(name, section.token), steps)
    if section.basic is not None:
        pair = base64.b64encode(section.basic.strip("\r\n").encode()).decode()
        return Credential(headers=(("Authorization", f"Basic {pair}"),))
    if section.api_key is None:
        return None
    key, value = section.api_key, _clean(name, section.api_key.value)
    if key.header is not None:
        return Credential(headers=((key.header, value),))
    if key.query is not None:
        return Credential(query=((key.query, value),))
    return Credential(cookies=((key.cookie or "", value),))


def _bearer(token: str, steps: Session | None) -> Credential:
    step = steps.login if steps is not None else None
    header, prefix = (step.header, step.prefix) if step else ("Authorization", "Bearer ")
    return Credential(headers=((header, prefix + token),), token=token)


def _clean(name: str, value: str) -> str:
    value = value.strip()  # files and shells leave a newline behind
    if not value or re.search(r"[\r\n\0]", value):
        what = "contains a line break" if value else "is empty"
        raise UsageError(
            f"a credential in [principals.{name}] {what}; look at what `${{ENV}}` holds"
        )
    return value


def _configured(section: PrincipalSection, credential: Credential | None) -> Iterator[str]:
    if credential is not None:
        yield from credential.secrets()
    if section.api_key is not None:
        yield section.api_key.value.strip()
    if section.basic is not None:
        pair = section.basic.strip("\r\n")
        yield from (pair, base64.b64encode(pair.encode()).decode())
        if pair.partition(":")[2]:
            yield pair.partition(":")[2]
    for key, value in section.headers.items():
        if _SECRET_HEADER.search(key):
            yield value.strip()
            if " " in value.strip():
                yield value.strip().split(None, 1)[1]
    yield from _passwords(section.login or {}, secret=False)


def _passwords(value: Any, *, secret: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _passwords(each, secret=str(key).lower().replace("-", "_") not in _IDENTITY)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _passwords(each, secret=secret)
    elif secret and value not in (None, "") and not isinstance(value, bool):
        yield secret_of(str(value)) or str(value)


__all__ = ["ANONYMOUS", "LoginFailed", "Principal", "principals"]
