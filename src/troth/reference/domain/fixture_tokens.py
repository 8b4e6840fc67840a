"""What a letter would have carried, for tests: of users alone that fixtures made.

Fixtures set such a user's password to whatever they are told, so that nobody gains by this what
they do not have. Verifying a seeded user's address gives nobody anything either.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.orm import Session

from troth.reference.domain import credentials, verification
from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.schemas.credentials import FixtureToken
from troth.reference.storage import accounts, users
from troth.reference.storage.tables import User

_Write = Callable[[Platform, Session, User], tuple[str, datetime]]


def to_verify(platform: Platform, email: str) -> FixtureToken:
    """A token that proves the address."""
    return _fresh(platform, email, {"fixture", "seed"}, verification.write)


def to_reset(platform: Platform, email: str) -> FixtureToken:
    """A token that sets the password."""
    return _fresh(platform, email, {"fixture"}, credentials.write)


def _fresh(platform: Platform, email: str, origins: Collection[str], write: _Write) -> FixtureToken:
    with platform.database.write() as db:
        found = users.by_email(db, email)
        user = accounts.locked(db, found.id if found else "")
        if user is None or user.origin not in origins:
            raise unknown()
        token, expires = write(platform, db, user)
    return FixtureToken(token=token, expires_at=expires)
