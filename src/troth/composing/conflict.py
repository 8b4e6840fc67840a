"""Whether a refusal is about a name that is given away, rather than about what was asked."""

from typing import Final

from troth.composing.hints import taken
from troth.exchange import Exchange

CONFLICT: Final = 409


def conflicting(exchange: Exchange) -> bool:
    """409 (RFC 9110, section 15.5.10), or a 4xx that says in words that something is there."""
    status = exchange.status
    return status == CONFLICT or (400 <= status < 500 and taken(exchange))
