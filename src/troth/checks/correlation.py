"""Which header joins an answer to the service's log; every answer has one, of its own."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from troth.checks.envelope import documented
from troth.exchange import Exchange
from troth.finding import Complaint
from troth.spec.operation import Operation, Spec

# What frameworks, gateways and W3C's Trace Context call it.
KNOWN = frozenset(
    {
        "correlation-id",
        "request-id",
        "trace-id",
        "traceresponse",
        "x-amzn-requestid",
        "x-correlation-id",
        "x-correlationid",
        "x-ms-request-id",
        "x-request-id",
        "x-requestid",
        "x-trace-id",
        "x-traceid",
    }
)
LONGEST = 512
"""Characters of an id that may be passed on as they came; nobody's ids are longer."""
_PLAIN = re.compile(r"[\w.,;:@+/=~ -]*", re.ASCII)
# What a server answers by itself, before the service has seen anything.
_UNREAD = frozenset({400, 408, 414, 431, 501, 505})


@dataclass(frozen=True, slots=True)
class Correlation:
    """The header ``name``. ``told`` by the target file it is owed always; else as documented.

    ``everywhere`` says that every operation documents it: then unknown routes owe it too.
    """

    name: str
    told: bool = False
    everywhere: bool = False


def correlation_of(spec: Spec, told: str | None) -> Correlation | None:
    """The header that the target file names, else the known one that most answers document."""
    if told is not None:
        return Correlation(told.lower(), told=True)
    declared: Counter[str] = Counter()
    where: dict[str, set[str]] = {}
    for operation in spec.operations:
        for response in operation.responses.values():
            for name in {each.lower() for each in response.headers} & KNOWN:
                declared[name] += 1
                where.setdefault(name, set()).add(operation.label)
    if not declared:
        return None
    name = max(sorted(declared), key=lambda each: declared[each])
    return Correlation(name, everywhere=len(where[name]) == len(spec.operations))


def owed(correlation: Correlation, operation: Operation | None, exchange: Exchange) -> bool:
    """Whether this answer must carry the id."""
    response, name = exchange.response, correlation.name
    if response is None or exchange.frames is not None:
        return False
    described = documented(operation, response.status)
    unknown = described is None or described.media(response.media_type) is None
    if response.status in _UNREAD and unknown:
        return False
    if correlation.told:
        return True
    if operation is None:
        return correlation.everywhere
    if described is not None:
        header = described.header(name)
        return header is not None and header.get("required") is not False
    return any(each.header(name) is not None for each in operation.responses.values())


def correlated(
    exchange: Exchange, operation: Operation | None, correlation: Correlation | None
) -> tuple[Complaint, ...]:
    """FUZ118: the id is there, and is nothing hostile that was sent."""
    if correlation is None or exchange.response is None:
        return ()
    return tuple(_wrong(exchange, operation, correlation))


def _wrong(
    exchange: Exchange, operation: Operation | None, correlation: Correlation
) -> Iterator[Complaint]:
    assert exchange.response is not None
    name, status = correlation.name, exchange.status
    given = exchange.response.header(name)
    if not given and owed(correlation, operation, exchange):
        root = f"a {status // 100}xx has no {name}"
        said = f"a {status} has no {name}: nothing joins it to the service's log"
        yield Complaint("FUZ118", root, said)
    sent = exchange.request.header(name) or ""
    if given and hostile(sent) and sent in given:
        kind = "over-long" if len(sent) > LONGEST else "unclean"
        what = f"an {kind} {name} that was sent comes back as the answer's own"
        yield Complaint("FUZ118", what, f"{what}; what goes into logs is the service's to make")


def hostile(text: str) -> bool:
    """Whether no service would make such an id: markup, escapes, or far too long."""
    return len(text) > LONGEST or _PLAIN.fullmatch(text) is None


def own_id(exchange: Exchange, correlation: Correlation | None) -> str | None:
    """The id that the service made for this very request; None where another one may have it too.

    A cache (RFC 9111 section 5.1) and a 304 hand on an older answer's, and so does a service that
    was sent an `Idempotency-Key`; who sends an id may get it back.
    """
    if correlation is None or exchange.response is None or exchange.frames is not None:
        return None
    sent, response = exchange.request.header(correlation.name), exchange.response
    kept = exchange.request.header("idempotency-key") or response.header("age")
    if sent is not None or exchange.status == 304 or kept is not None:
        return None
    return response.header(correlation.name) or None


def repeated(name: str) -> Complaint:
    """FUZ118: two requests that sent no id were given the same one."""
    what = f"two answers have the same {name}"
    return Complaint("FUZ118", what, f"{what}, and neither request had sent it")
