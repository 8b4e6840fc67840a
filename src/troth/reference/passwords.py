"""Passwords as argon2id hashes; checking one takes as long for a user who does not exist."""

import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from troth.reference.settings import Settings

_HASHER = PasswordHasher(
    time_cost=2, memory_cost=Settings().password_memory, parallelism=1, type=Type.ID
)
_NOBODY = _HASHER.hash(secrets.token_urlsafe(24))


def hashed(password: str) -> str:
    """A salted hash."""
    return _HASHER.hash(password)


def unusable() -> str:
    """The hash of a password that nobody knows."""
    return _NOBODY


def matches(password: str, stored: str | None) -> bool:
    """Whether it is that password; without a stored one, the same work and False."""
    try:
        _HASHER.verify(_NOBODY if stored is None else stored, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
