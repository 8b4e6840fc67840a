"""Headers that tell of rate limits say what can be, and a refusal says when to come again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from troth.checks.envelope import documented
from troth.exchange import Exchange, Response
from troth.finding import Complaint
from troth.spec.operation import Operation, ResponseSpec

FAMILIES = ("ratelimit", "x-ratelimit", "x-rate-limit")
TOLD = frozenset(
    f"{family}-{what}" for family in FAMILIES for what in ("limit", "remaining", "reset")
)
RETRY = "retry-after"
BUSY = frozenset({429, 503})
_LONGEST = 366 * 86_400
_MOMENT = 1_000_000_000  # fewer seconds are an age, more a time since 1970
_LATE = 300  # seconds by which clocks differ
# RFC 9110 section 5.6.7: the one format to send, and two that are obsolete.
_DATE = re.compile(
    r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"
    r"|[A-Z][a-z]+, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer tells of a limit; None where it does not, or not as a whole number."""

    limit: int | None
    remaining: int | None
    reset: int | None


def limits(response: Response, *, names: frozenset[str] = TOLD) -> Limits | None:
    """The first family of headers of which any of ``names`` is there."""
    for family in FAMILIES:
        found = [
            response.header(f"{family}-{what}") if f"{family}-{what}" in names else None
            for what in ("limit", "remaining", "reset")
        ]
        if any(each is not None for each in found):
            return Limits(*(_whole(each) for each in found))
    return None


def promised(described: ResponseSpec | None) -> frozenset[str]:
    """The headers about limits that the document names for this answer."""
    if described is None:
        return frozenset()
    return frozenset(name.lower() for name in described.headers) & (TOLD | {RETRY})


def limit_headers(exchange: Exchange, operation: Operation | None) -> tuple[Complaint, ...]:
    """FUZ115: documented limit headers are there and can be true; who waits hears how long."""
    return tuple(_wrong(exchange, documented(operation, exchange.status), exchange.response))


def _wrong(
    exchange: Exchange, described: ResponseSpec | None, response: Response | None
) -> Iterator[Complaint]:
    if response is None:
        return
    named = promised(described)
    for name in sorted(named - {RETRY}):
        header = described.header(name) if described is not None else None
        if header is not None and header.get("required") is True and not response.header(name):
            yield _complaint(f"a documented {name} is missing", f"a {response.status}")
    told = limits(response, names=named)
    if told is not None:
        yield from _nonsense(told, exchange)
    if response.status in BUSY:
        yield from _retry(response, described)


def _nonsense(told: Limits, exchange: Exchange) -> Iterator[Complaint]:
    if told.limit is not None and told.remaining is not None and told.remaining > told.limit:
        yield _complaint(
            "more requests remain than the limit allows", f"{told.remaining} of {told.limit}"
        )
    if told.reset is None:
        return
    left = told.reset
    if left >= _MOMENT:
        began = datetime.fromisoformat(exchange.started).timestamp() if exchange.started else None
        left = told.reset // (1000 if told.reset > 100 * _MOMENT else 1)
        left = left - int(began) + _LATE if began is not None else 0
    if not 0 <= left <= _LONGEST:
        yield _complaint("the limit is renewed at no sane time", f"reset is {told.reset}")


def _retry(response: Response, described: ResponseSpec | None) -> Iterator[Complaint]:
    given = response.header(RETRY)
    if given is None:
        header = described.header(RETRY) if described is not None else None
        # RFC 6585 section 4 and RFC 9110 section 15.6.4 leave it open; the document does not.
        if header is not None and header.get("required") is not False:
            what = f"a {response.status} has no Retry-After"
            yield _complaint(what, "the document promises it")
    elif not (given.strip().isascii() and given.strip().isdigit()) and not _http_date(
        given.strip()
    ):
        yield _complaint(
            "a Retry-After is neither seconds nor a date",
            f"it is {given[:40]!r} (RFC 9110, 10.2.3)",
        )


def _http_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        parsedate_to_datetime(text)
    except ValueError:
        return False
    return True


def _whole(text: str | None) -> int | None:
    """A whole number; `100, 100;w=60`, as older drafts have it, begins with one."""
    found = re.match(r"\s*(-?\d{1,18})\s*(?:[,;]|$)", text or "")
    return int(found[1]) if found else None


def _complaint(root: str, detail: str) -> Complaint:
    return Complaint("FUZ115", root, f"{root}: {detail}")
