"""Headers that keep an answer where it belongs: caches, cookies, sniffing, banners."""

import json
import re
from typing import Any, Final

from troth.exchange import Exchange, Response
from troth.finding import Complaint

TOKENS: Final = frozenset(
    {"access_token", "refresh_token", "id_token", "accessToken", "refreshToken"}
)
"""Members of an answer that are tokens, whatever operation it is of (RFC 6749 section 5.1)."""
_SHORTEST: Final = 16
_VERSION: Final = re.compile(r"[A-Za-z][\w.+-]*/v?\d+(?:\.\d+)+|\bASP\.NET \d|^\d+(?:\.\d+)+$")
_BANNERS: Final = (
    "server",
    "x-powered-by",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-generator",
)
_SESSION: Final = re.compile(
    r"(?:^|[._-])(?:sess(?:ion)?(?:id)?|sid|jsessionid|phpsessid|auth|token|jwt|access|refresh|remember)"
    r"(?:$|[._-])|^(?:session|connect\.sid|JSESSIONID|PHPSESSID|sessionid|laravel_session|SESSION)",
    re.IGNORECASE,
)
_CSRF: Final = re.compile("csrf|xsrf", re.IGNORECASE)
# What a browser looks into when nobody forbids it (WHATWG MIME Sniffing, section 7).
_SNIFFED: Final = frozenset({"", "text/plain", "application/octet-stream", "unknown/unknown"})


def response_headers(exchange: Exchange, *, issues: bool = False) -> tuple[Complaint, ...]:
    """SEC345: what is held against the headers of an answer.

    ``issues`` says that the operation is one of those that the target file gets tokens from.
    """
    response = exchange.response
    if response is None:
        return ()
    found = [*_banner(response)]
    names = {name.lower() for name, _ in response.headers}
    if exchange.ok and exchange.frames is None:
        if (issues or b'_token"' in response.body or b'Token"' in response.body) and _kept(
            exchange, response, issues=issues
        ):
            what = "an answer with a token has no `Cache-Control: no-store`"
            found.append(Complaint("SEC345", what, what, severity="low"))
        if (
            response.body
            and response.media_type in _SNIFFED
            and (response.header("x-content-type-options") or "").lower() != "nosniff"
        ):
            what = (
                "text that a browser may take for a page has no `X-Content-Type-Options: nosniff`"
            )
            found.append(Complaint("SEC345", what, what, severity="info"))
    if "set-cookie" in names:
        found += _cookies(exchange, response)
    return tuple(found)


def _banner(response: Response) -> list[Complaint]:
    for name, value in response.headers:
        if name.lower() in _BANNERS and _VERSION.search(value):
            what = "a header tells the version of the server"
            return [Complaint("SEC345", what, f"{name}: {value}"[:120], severity="info")]
    return []


def _kept(exchange: Exchange, response: Response, *, issues: bool) -> bool:
    """Whether an answer with a token may be kept, or breaks RFC 6749 section 5.1."""
    cache = (response.header("cache-control") or "").lower()
    if "no-store" in cache:
        return False
    # An answer to POST that says nothing is kept by nobody (RFC 9111 section 3).
    says = "public" in cache or "max-age" in cache or response.header("expires") is not None
    read = exchange.request.method == "GET" and "private" not in cache and "no-cache" not in cache
    try:
        value: Any = json.loads(response.body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    inner = [each for each in value.values() if isinstance(each, dict)] if issues else []
    names = TOKENS | ({"token", "jwt", "auth_token", "session_token"} if issues else set())
    carries = any(
        name in names and isinstance(text, str) and len(text) >= _SHORTEST
        for each in (value, *inner)
        for name, text in each.items()
    )
    return carries and (says or read or {"access_token", "token_type"} <= value.keys())


def _cookies(exchange: Exchange, response: Response) -> list[Complaint]:
    found = []
    for header, line in response.headers:
        if header.lower() != "set-cookie":
            continue
        pair, *rest = line.split(";")
        name, _, value = pair.strip().partition("=")
        told = {
            each.partition("=")[0].strip().lower(): each.partition("=")[2].strip() for each in rest
        }
        gone = len(value.strip('"')) < _SHORTEST or told.get("max-age", "1") in {"0", "-1"}
        if gone or _CSRF.search(name) or not _SESSION.search(name):
            continue
        lacks = [] if "httponly" in told else ["HttpOnly"]
        if "secure" not in told and exchange.request.url.startswith("https:"):
            lacks.append("Secure")
        if told.get("samesite", "").lower() == "none" and "secure" not in told:
            lacks.append("Secure, which SameSite=None needs")
        found += [
            Complaint(
                "SEC345",
                f"the cookie of a session lacks {each}",
                f"the cookie `{name}` lacks {each}",
                severity="medium" if each == "HttpOnly" else "low",
            )
            for each in lacks
        ]
        if "samesite" not in told:
            what = "the cookie of a session lacks SameSite"
            found.append(
                Complaint("SEC345", what, f"the cookie `{name}` lacks SameSite", severity="info")
            )
    return found
