"""How a principal gets and renews its credential, as `[session]` and the document say."""

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from troth.config.principals import LoginStep, SessionSection
from troth.credential import Credential, applied, cookies_of, jwt_life, seconds
from troth.errors import UsageError
from troth.exchange import Exchange, Headers, Request
from troth.expression import Expression, ExpressionError, evaluate, parse
from troth.spec.entry import endpoint, token_in
from troth.spec.operation import Operation, Spec
from troth.spec.schema import properties
from troth.told import computed
from troth.transport.request import join

_JSON: Final = re.compile(r"application/(?:[-\w.]+\+)?json|\*/\*", re.IGNORECASE)
_FORM: Final = "application/x-www-form-urlencoded"
_REFRESH: Final = "$refresh"


class LoginFailed(Exception):
    """A principal got no credential. ``status`` is 0 when nothing was answered."""

    def __init__(self, principal: str, operation: str, status: int, why: str, remedy: str) -> None:
        super().__init__(f"principal `{principal}` cannot log in: {operation} {why}; {remedy}")
        self.principal = principal
        self.operation = operation
        self.status = status
        self.remedy = remedy


Send = Callable[[Request, str, str], Exchange]
"""Sends a request with the principal's extra headers: request, operation label, purpose."""


@dataclass(frozen=True, slots=True)
class Session:
    """The steps of `[session]`, resolved against a document. Make one with `session`."""

    spec: Spec = field(repr=False)
    base_url: str
    login: LoginStep
    entry: Operation
    renewal: Operation | None = None
    token: Expression | None = None
    refresh: Expression | None = None
    lifetime: Expression | None = None
    renewed_token: Expression | None = None
    renewed_refresh: Expression | None = None
    renewal_body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def log_in(
        self, name: str, body: Mapping[str, Any], send: Send, now: Callable[[], float]
    ) -> Credential:
        """A credential for the principal ``name``. Raises LoginFailed, NotSent."""
        __tracebackhide__ = True  # pytest shows arguments, and these hold credentials
        label = self.entry.label
        request = request_for(self.entry, self.base_url, self.spec, self._granted(computed(body)))
        exchange = send(request, label, f"log in as {name}")
        served = exchange.ok or (self.login.cookie and 300 <= exchange.status < 400)
        if not served:
            raise LoginFailed(name, label, exchange.status, *_refusal(name, exchange))
        return self._credential(name, exchange, (self.token, self.refresh), at=now())

    def renew(
        self, name: str, old: Credential, send: Send, now: Callable[[], float]
    ) -> Credential | None:
        """A fresh credential by way of the refresh operation; None when it was refused."""
        if self.renewal is None or not self._renewable(old):
            return None
        body = _filled(self.renewal_body, old.refresh)
        request = request_for(self.renewal, self.base_url, self.spec, body)
        if self.renewal.secured or old.cookies:
            request = applied(request, old)
        exchange = send(request, self.renewal.label, f"renew the session of {name}")
        if not exchange.ok:
            return None
        ways = (self.renewed_token, self.renewed_refresh)
        try:
            return self._credential(name, exchange, ways, at=now(), old=old)
        except LoginFailed:
            return None

    def _granted(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """``body`` with the `grant_type` that a token endpoint asks for (RFC 6749, section 4)."""
        media = self.entry.body.content.values() if self.entry.body else ()
        asked = any("grant_type" in properties(self.spec, each.schema) for each in media)
        if not asked or "grant_type" in body:
            return body
        machine = "client_secret" in body and "password" not in body
        return {"grant_type": "client_credentials" if machine else "password", **body}

    def secrets(self, exchange: Exchange) -> Iterator[str]:
        """What an answer to a login or a renewal has that must not be shown."""
        ways = {self.token, self.refresh, self.renewed_token, self.renewed_refresh}
        if self.token is not None and "token" not in self.login.model_fields_set:
            ways.add(_sought(exchange))
        for way in ways:
            value = _maybe(way, exchange)
            if isinstance(value, str) and value:
                yield value
        if self.login.cookie:
            yield from (value for _, value in cookies_of(exchange)[0])

    def _renewable(self, old: Credential) -> bool:
        asked = _REFRESH in json.dumps(self.renewal_body)
        return old.refresh is not None or (not asked and bool(old.cookies or old.token))

    def _credential(
        self,
        name: str,
        exchange: Exchange,
        ways: tuple[Expression | None, Expression | None],
        *,
        at: float,
        old: Credential | None = None,
    ) -> Credential:
        label = exchange.operation or self.entry.label
        token = None
        if ways[0] is not None:
            sought = "token" not in self.login.model_fields_set
            token = _token(name, label, ways[0], exchange, sought=sought)
        cookies: Headers = old.cookies if old is not None else ()
        cookie_life = None
        if self.login.cookie:
            cookies, cookie_life = cookies_of(exchange, cookies)
            if not cookies:
                why = f"answered {exchange.status} without a Set-Cookie header"
                raise LoginFailed(name, label, exchange.status, why, "check [session.login] cookie")
        refresh = _maybe(ways[1], exchange)
        life = seconds(_maybe(self.lifetime, exchange))
        if life is None and token is not None:
            life = jwt_life(token, at)
        if life is None:
            life = cookie_life
        put: Headers = ((self.login.header, self.login.prefix + token),) if token else ()
        return Credential(
            headers=put,
            cookies=cookies,
            token=token,
            # Without rotation the response has none, and the old one stays good (RFC 6749, 6).
            refresh=str(refresh) if refresh else (old.refresh if old is not None else None),
            obtained=at,
            expires=None if life is None else at + life,
        )


def session(section: SessionSection, spec: Spec, base_url: str) -> Session | None:
    """`[session]` against the document; None where nobody logs in. Raises UsageError."""
    login, refresh = section.login, section.refresh
    if login is None:
        return None
    place = "[session] login"
    token = None
    if not login.cookie or "token" in login.model_fields_set:
        token = parse(login.token, f"{place}.token")
    old_refresh = parse(login.refresh, f"{place}.refresh") if login.refresh else None
    lifetime = parse(login.expires_in, f"{place}.expires-in") if login.expires_in else None
    entry = endpoint(spec, login.operation) or _operation(spec, login.operation, place)
    if refresh is None:
        return Session(spec, base_url, login, entry, None, token, old_refresh, lifetime)
    place = "[session] refresh"
    return Session(
        spec,
        base_url,
        login,
        entry,
        _operation(spec, refresh.operation, place),
        token,
        old_refresh,
        lifetime,
        parse(refresh.token, f"{place}.token") if refresh.token else token,
        parse(refresh.refresh, f"{place}.refresh") if refresh.refresh else old_refresh,
        refresh.body,
    )


def request_for(
    operation: Operation, base_url: str, spec: Spec, body: Mapping[str, Any]
) -> Request:
    """A request of ``operation`` with the values of ``body``.

    Path parameters are filled from it; the rest goes as JSON or form, whichever the document
    says is taken, or as the query where the method has no content. Raises UsageError.
    """
    rest = dict(body)
    path = operation.path
    for name in re.findall(r"\{([^}]+)\}", path):
        if name not in rest:
            raise UsageError(
                f"`{operation.label}` needs `{name}` in its path; add it to `login` in [principals]"
            )
        path = path.replace("{" + name + "}", quote(_scalar(rest.pop(name)), safe=""))
    url = join(base_url, spec.base_path, path)
    if operation.method in {"GET", "HEAD"}:
        return Request(operation.method, f"{url}?{_form(rest)}" if rest else url)
    kinds = list(operation.body.content) if operation.body else []
    bare = [kind.split(";")[0].strip().lower() for kind in kinds]
    if _FORM in bare and not any(_JSON.fullmatch(kind) for kind in bare):
        return Request(operation.method, url, (("Content-Type", _FORM),), _form(rest).encode())
    kind = next((kind for kind in bare if _JSON.fullmatch(kind) and "*" not in kind), None)
    headers = (("Content-Type", kind or "application/json"),)
    return Request(operation.method, url, headers, json.dumps(rest).encode())


def _operation(spec: Spec, name: str, place: str) -> Operation:
    operation = spec.operation(name)
    if operation is not None:
        return operation
    known = [each for known in spec.operations for each in (known.id, known.label) if each]
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean `{near[0]}`?" if near else "`troth operations` lists what there is"
    raise UsageError(f"unknown operation `{name}` in {place}; {hint}")


def _refusal(name: str, exchange: Exchange) -> tuple[str, str]:
    status = exchange.status
    if exchange.response is None:
        return f"was not answered ({exchange.breakage})", "see whether the service runs"
    if status == 429:
        return "answered 429", "the service limits logins: raise its limit, or give a `token`"
    if status in {404, 405}:
        return f"answered {status}", "check [session] login.operation and [target] base-url"
    if status >= 500:
        return f"answered {status}", "see the service's log"
    return f"answered {status}", f"check [principals.{name}] login"


def _token(
    name: str, label: str, expression: Expression, exchange: Exchange, *, sought: bool
) -> str:
    """The token of an answer; where nobody said where it stands (``sought``), by its name."""
    try:
        token = evaluate(expression, exchange)
    except ExpressionError as error:
        why = f"answered {exchange.status}, but has no token there: {error}"
    else:
        if isinstance(token, str) and token and not re.search(r"[\r\n\0]", token):
            return token
        why = f"answered {exchange.status}, but what stands at `{expression.text}` is no token"
    found = _sought(exchange) if sought else None
    if found is not None and found.text != expression.text:
        return _token(name, label, found, exchange, sought=False)
    raise LoginFailed(name, label, exchange.status, why, "check [session] login.token")


def _sought(exchange: Exchange) -> Expression | None:
    """Where in the answer of a login stands what is called a token."""
    try:
        place = token_in(exchange.response.json() if exchange.response is not None else None)
    except (ValueError, RecursionError):
        return None
    return None if place is None else parse(f"$response.body#{place}", "[session] login.token")


def _maybe(expression: Expression | None, exchange: Exchange) -> Any:
    if expression is None:
        return None
    try:
        return evaluate(expression, exchange)
    except ExpressionError:
        return None  # a service may leave out what it does not renew


def _filled(value: Any, refresh: str | None) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(each, refresh) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(each, refresh) for each in value]
    return refresh if value == _REFRESH else value


def _form(values: Mapping[str, Any]) -> str:
    pairs = []
    for name, value in values.items():
        each = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, _scalar(one)) for one in each if one is not None]
    return urlencode(pairs)


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
