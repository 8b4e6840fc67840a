"""Forms that anybody may send: counted for each address and subject, and tokens for letters."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request

from troth.reference.domain.access import take
from troth.reference.platform import Platform
from troth.reference.trace import Trace, trace_of


@dataclass(frozen=True, slots=True)
class Sender:
    """From where a form comes."""

    address: str
    trace: Trace


async def _sender(request: Request) -> Sender:
    return Sender(request.client.host if request.client else "unknown", trace_of(request.scope))


SenderHere = Annotated[Sender, Depends(_sender)]


def count(platform: Platform, sender: Sender, form: str, email: str) -> None:
    """Count one sending of `form` about `email`; ProblemError 429 if these were too many."""
    subject = sha256(f"{sender.address}\n{email.lower()}".encode()).hexdigest()
    take(platform, sender.trace, f"{form}:{subject}", platform.settings.auth_rate_limit)


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """By what a token is known; it is long and random, so that a plain hash is enough."""
    return sha256(token.encode()).hexdigest()
