"""Passwords as argon2id hashes; checking one takes as long for a user who does not exist."""

import secrets
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from troth.reference.settings import Settings


@cache
def _hasher() -> PasswordHasher:
    # From the environment, as all of one process hash alike.
    memory = Settings().hash_memory
    return PasswordHasher(time_cost=2, memory_cost=memory, parallelism=1, type=Type.ID)


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(24))


def hashed(password: str) -> str:
    """A salted hash."""
    return _hasher().hash(password)


def unusable() -> str:
    """The hash of a password that nobody knows."""
    return _nobody()


def matches(password: str, stored: str | None) -> bool:
    """Whether it is that password; without a stored one, the same work and False."""
    try:
        _hasher().verify(_nobody() if stored is None else stored, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
