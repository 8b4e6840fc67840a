"""Passwords: forgotten, changed or set by an admin; the sessions of the old one end at once."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from troth.reference.domain.access import RANKS, Caller
from troth.reference.domain.ending import ending
from troth.reference.domain.public_forms import Sender, count, digest, new_token
from troth.reference.passwords import hashed, matches
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated, unknown
from troth.reference.schemas.credentials import (
    AddressGiven,
    PasswordChange,
    PasswordConfirmation,
    PasswordReset,
    PasswordSet,
)
from troth.reference.schemas.done import DONE, Done
from troth.reference.storage import accounts, mfa, outbox, sessions, users
from troth.reference.storage.tables import User, now

_WRONG = "The current password is not right."
_SAME = "This is the password already."
_MEANWHILE = "The password has been changed meanwhile."
_ONESELF = "You cannot do this to yourself."


def write(platform: Platform, db: Session, user: User) -> tuple[str, datetime]:
    """A letter with a fresh token, which is returned with its end; the user is locked."""
    token = new_token()
    expires = now() + timedelta(seconds=platform.settings.reset_ttl)
    accounts.issue(db, user, "reset", digest(token), expires)
    outbox.post(db, user.email, "reset_password")
    return token, expires


def forgot(platform: Platform, sender: Sender, given: AddressGiven) -> Done:
    """Send a letter, whoever has that address: that there is an account shows in it alone."""
    count(platform, sender, "password-forgot", given.email)
    with platform.database.write() as db:
        found = users.by_email(db, given.email)
        user = accounts.locked(db, found.id if found else "")
        if user is None:
            outbox.post(db, given.email, "no_account")
        else:
            write(platform, db, user)
    return DONE


def confirm(platform: Platform, given: PasswordConfirmation) -> Done:
    """Set the password that a letter's token allows, once; ProblemError 404 for any other."""
    known = digest(given.token)
    with platform.database.read() as db:
        user_id = accounts.whose(db, "reset", known)
    if user_id is None:
        raise unknown()
    stored = hashed(given.new_password)
    with ending(platform) as (db, ended):
        user = accounts.locked(db, user_id)
        if user is None or not accounts.spend(db, user, "reset", known):
            raise unknown()
        user.password_hash = stored
        mfa.expire_challenges(db, user.id)
        ended.extend(sessions.revoke(db, user.id))
    return DONE


def change(
    platform: Platform, sender: Sender, caller: Caller, given: PasswordChange
) -> PasswordSet:
    """Change one's own password; this session stays, the others end."""
    # Whoever stole a session could else guess the password as fast as the service answers.
    count(platform, sender, "password-change", caller.email)
    with platform.database.read() as db:
        present = users.in_tenant(db, caller.tenant_id, caller.user_id)
    if present is None:
        raise unauthenticated(error="invalid_token")
    proven = present.password_hash
    if not matches(given.current_password, proven):
        raise ProblemError(403, _WRONG)
    if given.new_password == given.current_password:
        raise ProblemError(409, _SAME)
    stored = hashed(given.new_password)
    with ending(platform) as (db, ended):
        user = accounts.locked(db, caller.user_id)
        if user is None or user.password_hash != proven:
            raise ProblemError(409, _MEANWHILE)
        user.password_hash = stored
        mfa.expire_challenges(db, user.id)
        ended.extend(sessions.revoke(db, user.id, keep=caller.session_id))
    return PasswordSet(success=True, revoked=len(ended))


def reset(platform: Platform, caller: Caller, given: PasswordReset) -> PasswordSet:
    """Set the password of someone of the caller's tenant, not above the caller."""
    with platform.database.read() as db:
        _guarded(caller, users.in_tenant(db, caller.tenant_id, given.user_id))
    stored = hashed(given.new_password)
    with ending(platform) as (db, ended):
        found = users.in_tenant(db, caller.tenant_id, given.user_id, lock=True)
        user = _guarded(caller, found)
        user.password_hash = stored
        mfa.expire_challenges(db, user.id)
        ended.extend(sessions.revoke(db, user.id))
    return PasswordSet(success=True, revoked=len(ended))


def _guarded(caller: Caller, user: User | None) -> User:
    if user is None:
        raise unknown()
    if user.id == caller.user_id:
        raise ProblemError(409, _ONESELF)
    if RANKS[user.role] > caller.rank:
        raise ProblemError(403)
    return user
