"""A user's second factors: enrolled, proven by a first code, removed; and recovery codes."""

import base64
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import cast

from sqlalchemy.orm import Session

from troth.reference import totp, vault
from troth.reference.domain.access import Caller
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated, unknown
from troth.reference.schemas import mfa as shapes
from troth.reference.storage import mfa, users
from troth.reference.storage.mfa import MfaChallenge, MfaMethod
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import User, new_id, now

ACTIVE_ALREADY = "This method is active already."
WRONG = "This is not the present code of that method, or it was used before."
_PENDING = timedelta(minutes=15)
_MOST_FAILURES = 5
_CODES = 10
_KEPT = timedelta(days=1)


def pages(platform: Platform, caller: Caller, span: Span) -> shapes.MethodPage:
    """The caller's methods."""
    with platform.database.read() as db:
        rows = page(db, MfaMethod, mfa.present(caller.user_id), span)
    return shapes.MethodPage(
        items=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def enroll(platform: Platform, caller: Caller, new: shapes.NewMethod) -> shapes.Enrolled:
    """A pending method, and its secret, for once."""
    with platform.database.write() as db:
        if not users.exists(db, caller.user_id):
            raise unauthenticated(error="invalid_token")
        mfa.forget_pending(db, caller.user_id)
        row, secret = plant(platform, db, caller.user_id, new.label)
    return shapes.Enrolled(
        method_id=row.id,
        secret=secret,
        otpauth_uri=totp.address(secret, caller.email),
        expires_at=row.expires_at,
    )


def plant(platform: Platform, db: Session, user_id: str, label: str) -> tuple[MfaMethod, str]:
    """A pending method of the user, and its secret."""
    secret, id_ = totp.new_secret(), new_id()
    sealed = vault.seal(platform.key, id_, secret)
    row = MfaMethod(
        id=id_, user_id=user_id, label=label, secret=sealed, expires_at=now() + _PENDING
    )
    db.add(row)
    db.flush()
    return row, secret


def verify(platform: Platform, caller: Caller, proof: shapes.Proof) -> None:
    """Make a pending method active; five wrong codes remove it."""
    with platform.database.write() as db:
        row = mfa.locked(db, caller.user_id, proof.method_id)
        if row is None:
            raise unknown()
        if row.state == "active":
            raise ProblemError(409, ACTIVE_ALREADY)
        right = accepts(platform, db, row, proof.code)
        if right:
            row.state, row.activated_at = "active", now()
        else:
            row.failures += 1
            if row.failures >= _MOST_FAILURES:
                row.state, row.secret = "removed", ""
    # Refused only now: what a wrong code changes is to be kept.
    if not right:
        raise ProblemError(409, WRONG)


def accepts(platform: Platform, db: Session, row: MfaMethod, code: str) -> bool:
    """Whether it is a code of the method that was not used before; now it is."""
    secret = vault.unseal(platform.key, row.id, row.secret)
    return secret is not None and any(
        mfa.accept(db, row.id, step) for step in totp.steps(secret, code)
    )


def remove(platform: Platform, caller: Caller, method_id: str) -> None:
    """Remove a method; recovery codes go with the last active one."""
    with platform.database.write() as db:
        row = mfa.locked(db, caller.user_id, method_id)
        if row is None:
            raise unknown()
        counted = row.state == "active"
        row.state, row.secret = "removed", ""
        db.flush()
        if counted and not mfa.active(db, caller.user_id):
            mfa.replace_codes(db, caller.user_id, [])


def regenerate(platform: Platform, caller: Caller) -> shapes.RecoveryCodes:
    """Fresh recovery codes; the ones before count no more."""
    codes = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(_CODES)]
    with platform.database.write() as db:
        # The user is locked: of two that do this at once, the later one's codes are the codes.
        if users.in_tenant(db, caller.tenant_id, caller.user_id, lock=True) is None:
            raise unauthenticated(error="invalid_token")
        mfa.replace_codes(db, caller.user_id, [digest(each) for each in codes])
    return shapes.RecoveryCodes(codes=codes)


def proves(platform: Platform, db: Session, user: User, code: str) -> bool:
    """Whether `code` is of one of the user's active methods, or a recovery code; used up if so."""
    methods = mfa.active(db, user.id)
    if not methods:
        return False
    if any(accepts(platform, db, each, code) for each in methods):
        return True
    return mfa.spend_code(db, user.id, digest(code))


def challenge(platform: Platform, db: Session, user_id: str) -> shapes.MfaRequired:
    """What a login that waits for a second factor is told."""
    token, ttl = secrets.token_urlsafe(32), platform.settings.challenge_ttl
    mfa.forget_challenges(db, user_id, _KEPT)
    expires = now() + timedelta(seconds=ttl)
    db.add(MfaChallenge(user_id=user_id, digest=digest(token), expires_at=expires))
    db.flush()
    return shapes.MfaRequired(mfa_required=True, challenge_token=token, expires_in=ttl)


def digest(secret: str) -> str:
    """How codes and challenges are kept. At 80 random bits and more nobody tries them all."""
    return sha256(secret.encode()).hexdigest()


def _shown(row: MfaMethod) -> shapes.MethodShown:
    return shapes.MethodShown(
        id=row.id,
        kind="totp",
        label=row.label,
        state=cast("shapes.MethodState", row.state),
        created_at=row.created_at,
        activated_at=row.activated_at,
    )
