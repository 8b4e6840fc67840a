"""Proving an e-mail address: the latest letter's token does it, once."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from troth.reference.domain.public_forms import Sender, count, digest, new_token
from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.schemas.credentials import AddressGiven
from troth.reference.schemas.done import DONE, Done
from troth.reference.storage import accounts, outbox, users
from troth.reference.storage.tables import User, now


def write(platform: Platform, db: Session, user: User) -> tuple[str, datetime]:
    """A letter with a fresh token, which is returned with its end; the user is locked or new."""
    token = new_token()
    expires = now() + timedelta(seconds=platform.settings.verification_ttl)
    accounts.issue(db, user, "verify", digest(token), expires)
    outbox.post(db, user.email, "verify_email")
    return token, expires


def send(platform: Platform, sender: Sender, given: AddressGiven) -> Done:
    """Send a letter, whoever has that address: that there is an account shows in it alone."""
    count(platform, sender, "email-send", given.email)
    with platform.database.write() as db:
        found = users.by_email(db, given.email)
        user = accounts.locked(db, found.id if found else "")
        if user is None:
            outbox.post(db, given.email, "no_account")
        elif accounts.verified(db, user):
            outbox.post(db, user.email, "already_verified")
        else:
            write(platform, db, user)
    return DONE


def verify(platform: Platform, token: str) -> Done:
    """The address is proven; ProblemError 404 for any token that is not good any more."""
    known = digest(token)
    with platform.database.write() as db:
        user = accounts.locked(db, accounts.whose(db, "verify", known) or "")
        if user is None or not accounts.spend(db, user, "verify", known):
            raise unknown()
        accounts.verify(db, user)
    return DONE
