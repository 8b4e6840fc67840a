"""What published keys (RFC 7517) must not have: private members, secrets, a `kid` twice."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from troth.exchange import Exchange
from troth.finding import Complaint

PRIVATE: Final = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
"""Members of RFC 7518 section 6 that are not for everybody."""


def keys_in(exchange: Exchange) -> tuple[Mapping[str, Any], ...]:
    """The keys that an answer publishes; none of what is no set of keys."""
    if exchange.response is None or b'"kty"' not in exchange.response.body:
        return ()
    try:
        body = exchange.response.json()
    except (ValueError, RecursionError):
        return ()
    keys = body.get("keys") if isinstance(body, dict) else None
    found = keys if isinstance(keys, list) else []
    return tuple(each for each in found if isinstance(each, dict) and "kty" in each)


def private(exchange: Exchange) -> Iterator[str]:
    """The values of private members: nobody is to see them, in evidence neither."""
    for each in keys_in(exchange):
        yield from (str(each[name]) for name in PRIVATE if isinstance(each.get(name), str))


def published_keys(exchange: Exchange) -> tuple[Complaint, ...]:
    """SEC314."""
    if exchange.request.method != "GET" or not exchange.ok:
        return ()
    found = dict.fromkeys(_said(keys_in(exchange)))
    return tuple(Complaint("SEC314", each, each) for each in found)


def _said(keys: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    known: set[str] = set()
    for each in keys:
        algorithm = str(each.get("alg", ""))
        if each["kty"] == "oct":
            yield "the published keys have a secret one (`kty` is `oct`)"
        elif any(each.get(name) for name in PRIVATE):
            yield "the published keys have private members"
        elif algorithm.lower() == "none" or algorithm.startswith("HS"):
            yield f"the published keys have one for `{algorithm}`, which needs no private key"
        kid = each.get("kid")
        if kid is not None and str(kid) in known:
            yield "two published keys have one `kid`"
        if kid is None and len(keys) > 1:
            yield "one of several published keys has no `kid`"
        known.add(str(kid))
