"""A credential is what is put on a request to be somebody, and how long that will do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import jwt

from troth.exchange import Exchange, Headers, Request

COOKIES: Final = "$response.cookies"
"""Of a source: all the cookies that an answer left."""
_MARGIN: Final = 30.0  # seconds before the end at which a credential is renewed, at most


@dataclass(frozen=True, slots=True)
class Credential:
    """What is put on a request. ``expires`` is in seconds since the epoch, None when unknown."""

    headers: Headers = field(default=(), repr=False)
    cookies: Headers = field(default=(), repr=False)
    query: Headers = field(default=(), repr=False)
    token: str | None = field(default=None, repr=False)
    refresh: str | None = field(default=None, repr=False)
    obtained: float = 0.0
    expires: float | None = None

    def stale(self, now: float) -> bool:
        """Whether it ended, or ends within 30 s or a tenth of its life, whichever is less."""
        if self.expires is None:
            return False
        return now >= self.expires - min(_MARGIN, (self.expires - self.obtained) / 10)

    def secrets(self) -> Iterator[str]:
        """Every value that must not be shown."""
        yield from (value for value in (self.token, self.refresh) if value)
        yield from (value for pairs in (self.cookies, self.query) for _, value in pairs if value)


def applied(request: Request, credential: Credential, extra: Headers = ()) -> Request:
    """``request`` with a credential: it replaces what the request has under the same names."""
    given = (*credential.headers, *extra)
    taken = {name.lower() for name, _ in given}
    headers = [pair for pair in request.headers if pair[0].lower() not in taken]
    url = request.url
    if credential.cookies:
        names = {name for name, _ in credential.cookies}
        crumbs = [
            crumb.strip()
            for key, value in headers
            if key.lower() == "cookie"
            for crumb in value.split(";")
            if crumb.strip() and crumb.split("=")[0].strip() not in names
        ]
        crumbs += [f"{name}={value}" for name, value in credential.cookies]
        headers = [pair for pair in headers if pair[0].lower() != "cookie"]
        headers.append(("Cookie", "; ".join(crumbs)))
    if credential.query:
        base, _, query = url.partition("#")[0].partition("?")
        names = {quote(name, safe="") for name, _ in credential.query}
        parts = [part for part in query.split("&") if part and part.split("=")[0] not in names]
        parts += [f"{quote(name, safe='')}={quote(v, safe='')}" for name, v in credential.query]
        url = f"{base}?{'&'.join(parts)}"
    return Request(request.method, url, (*headers, *given), request.body)


def cookies_of(exchange: Exchange, old: Headers = ()) -> tuple[Headers, float | None]:
    """The cookies a response leaves (RFC 6265 section 5.3, one host), and their shortest life."""
    jar = dict(old)
    lives = []
    for key, line in exchange.response.headers if exchange.response is not None else ():
        if key.lower() != "set-cookie":
            continue
        pair, *attributes = line.split(";")
        name, sign, value = (part.strip() for part in pair.partition("="))
        age = next((each.partition("=")[2].strip() for each in attributes if _max_age(each)), None)
        life = seconds(age)
        if not sign or not name:
            continue
        if not value or (life is not None and life <= 0):
            jar.pop(name, None)
            continue
        jar[name] = value
        if life is not None:
            lives.append(life)
    return tuple(jar.items()), min(lives, default=None)


def jwt_life(token: str, now: float) -> float | None:
    """Seconds a JWT still has by its own claims, unverified; None for any other token.

    ``exp - iat`` where both stand there: the service's clock may differ from ours.
    """
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return None
    end, begin = claims.get("exp"), claims.get("iat")
    if isinstance(end, bool) or not isinstance(end, int | float):
        return None
    if isinstance(begin, int | float) and not isinstance(begin, bool) and begin <= end:
        return float(end - begin)
    return float(end) - now


def seconds(value: Any) -> float | None:
    """``value`` as a number of seconds, None when it is none."""
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _max_age(attribute: str) -> bool:
    return attribute.partition("=")[0].strip().lower() == "max-age"
