"""A 5xx, a dropped connection and garbage are faults of the service, whatever was sent."""

import json
import re

from troth.case import CREDENTIAL, Case, Fault
from troth.exchange import Breakage, Exchange
from troth.finding import Complaint
from troth.spec.operation import Operation

# Said by a server that has nothing to say: two of these need not have one cause.
_TELLING = re.compile(
    r"error\b.*:|exception|traceback|panic|sql|undefined|null pointer|cannot|failed", re.IGNORECASE
)
# A gateway or a dependency may be away for a while: kept word when the document says so.
_TEMPORARY = frozenset({502, 503, 504})


def server_error(
    exchange: Exchange, operation: Operation | None, case: Case | None
) -> tuple[Complaint, ...]:
    """FUZ103 for valid input, SEC312 for credentials that are none, FUZ104 for all other."""
    hostile = case is not None and case.fault is not None
    what = symptom(exchange)
    if what is None:
        return ()
    if exchange.status == 501 and (hostile or operation is None):
        return ()  # RFC 9110 section 15.6.2: a method the server does not know at all.
    if exchange.status in _TEMPORARY and operation and str(exchange.status) in operation.responses:
        return ()
    place = operation.label if operation else "no documented operation"
    if hostile and case is not None and case.fault is not None:
        kind, owner = case.fault.kind, owner_of(case.fault)
        if case.fault.location == CREDENTIAL:
            # One parser of credentials may stumble over several kinds.
            said = normalised(exchange)
            kind = (
                f"a credential that is none: {said}"
                if _TELLING.search(said)
                else "a credential that is none"
            )
        return (Complaint(owner, f"{what} on {kind}", f"{what} on {case.fault.description}"),)
    said = normalised(exchange)
    cause = said if _TELLING.search(said) else f"{said} at {place}".strip()
    return (Complaint("FUZ103", f"{what}: {cause}", f"{what} on valid input: {said or place}"),)


def owner_of(fault: Fault) -> str:
    """The property that a server error on ``fault`` is a finding of."""
    return "SEC312" if fault.location == CREDENTIAL else "FUZ104"


def symptom(exchange: Exchange) -> str | None:
    """What went wrong on the server's side, in two words; None when nothing did."""
    match exchange.breakage:
        case Breakage.DROPPED:
            return "connection dropped"
        case Breakage.GARBAGE:
            return "answer that is not HTTP"
        case Breakage.TIMEOUT:
            return "no answer in time"
    return f"status {exchange.status}" if exchange.status >= 500 else None


def normalised(exchange: Exchange) -> str:
    """The error text without ids, numbers and quoted values; at most 120 characters."""
    if exchange.response is None:
        return ""
    text = exchange.response.body[:4096].decode("utf-8", "replace")
    try:
        found = _sentences(json.loads(text))
    except ValueError:
        found = [re.sub(r"<[^>]*>", " ", text)]
    words = " ".join(dict.fromkeys(found))
    words = re.sub(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", "#", words)
    words = re.sub(r"'[^']*'|\"[^\"]*\"", "'…'", words)
    words = re.sub(r"\b[0-9a-fA-F]{12,}\b|\d+", "#", words)
    return " ".join(words.split())[:120]


def _sentences(value: object) -> list[str]:
    """The human-readable members of an error body, as most envelopes name them."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for each in value[:3] for text in _sentences(each)]
    if not isinstance(value, dict):
        return []
    named = (
        "title",
        "detail",
        "message",
        "error",
        "error_description",
        "exception",
        "reason",
        "errors",
    )
    return [text for name in named if name in value for text in _sentences(value[name])]
