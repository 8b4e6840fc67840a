"""Answers that HTTP itself has for a request: a document that does not name them breaks no word."""

from typing import Final

from troth.checks.conditional import conditional
from troth.checks.envelope import unread
from troth.exchange import Exchange
from troth.spec.operation import Operation

TOO_LARGE: Final = 413


def of_http(exchange: Exchange, operation: Operation) -> bool:
    """Whether a status is HTTP's own answer to what was asked for in a way that is not described.

    304 and 412 to a condition, 406 to an `Accept` that wants none of what the document offers, 415
    to a body of a type, or in an encoding, that it does not take (RFC 9110, sections 13, 15.5.7 and
    15.5.16), 413 to what is too large, and what a server refuses before the service sees it.
    """
    request, status = exchange.request, exchange.status
    if status in {304, 412}:
        return conditional(exchange)
    if status == 406:
        accept = (request.header("accept") or "*/*").lower()
        offered = {
            media.split(";")[0].strip().lower()
            for response in operation.responses.values()
            for media in response.content
        }
        return not any(each in accept for each in ("*/*", *offered))
    if status == 415:
        sent = (request.header("content-type") or "").split(";")[0].strip().lower()
        taken = operation.body.content if operation.body is not None else ()
        known = {each.split(";")[0].strip().lower() for each in taken}
        return sent not in known or request.header("content-encoding") is not None
    return status == TOO_LARGE or unread(exchange, operation)
