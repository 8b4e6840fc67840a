"""The end of sessions: written in one transaction, and known to all processes once it is over."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from troth.reference.platform import Platform

Ended = list[str]


@contextmanager
def ending(platform: Platform) -> Iterator[tuple[Session, Ended]]:
    """A transaction, and the ids of the sessions that end by it.

    They are revoked after the commit: what is rolled back has ended nobody's session.
    """
    ended: Ended = []
    with platform.database.write() as db:
        yield db, ended
    for session_id in ended:
        platform.revocations.add(session_id, platform.settings.access_ttl)
