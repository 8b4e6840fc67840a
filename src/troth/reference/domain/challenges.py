"""Logins that wait for a second factor: few attempts, little time, one success."""

from datetime import timedelta

from sqlalchemy.orm import Session

from troth.reference.domain import auth, mfa
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated
from troth.reference.schemas.auth import Tokens
from troth.reference.schemas.mfa import Completion
from troth.reference.storage import mfa as stored
from troth.reference.storage.tables import Tenant, User
from troth.reference.trace import Trace

_REFUSED = "This challenge and code are not valid."
_MOST_ATTEMPTS = 5
# Over all challenges, for whoever knows the password can have as many of those as they like.
_MOST_MISSES = 20
_MISSES_IN = timedelta(minutes=15)


def complete(platform: Platform, trace: Trace, given: Completion) -> Tokens:
    """A session, for a challenge and a code; unknown, dead and wrong ones are refused alike."""
    tokens = None
    with platform.database.write() as db:
        found = stored.attempt(db, mfa.digest(given.challenge_token), _MOST_ATTEMPTS)
        user = db.get(User, found.user_id) if found else None
        if found is not None and user is not None and user.status == "active":
            trace.principal = user.id
            _bounded(db, user)
            if mfa.proves(platform, db, user, given.code):
                stored.spend_challenge(db, found.id)
                tokens = auth.begin(platform, db, user, db.get_one(Tenant, user.tenant_id))
    # Refused only now: the attempt is to be counted.
    if tokens is None:
        raise unauthenticated(_REFUSED)
    return tokens


def _bounded(db: Session, user: User) -> None:
    if stored.misses(db, user.id, _MISSES_IN) > _MOST_MISSES:
        wait = int(_MISSES_IN.total_seconds())
        raise ProblemError(429, headers={"Retry-After": str(wait)})
