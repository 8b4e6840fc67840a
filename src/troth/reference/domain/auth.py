"""Sessions: begun by a password, kept by rotating refresh tokens, ended at once and for good."""

import hashlib
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from troth.reference.domain import mfa
from troth.reference.domain.access import Caller, take
from troth.reference.domain.ending import ending
from troth.reference.passwords import matches
from troth.reference.platform import Platform
from troth.reference.problems import unauthenticated, unknown
from troth.reference.schemas.auth import Credentials, SessionList, SessionShown, Tokens
from troth.reference.schemas.mfa import MfaRequired
from troth.reference.storage import mfa as second_factors
from troth.reference.storage import sessions, users
from troth.reference.storage.tables import LoginSession, Tenant, User, now
from troth.reference.trace import Trace

_REFUSED = "These credentials are not valid."


def log_in(
    platform: Platform, trace: Trace, address: str, given: Credentials
) -> Tokens | MfaRequired:
    """A new session, or a challenge where a second factor is to follow.

    Unknown users, wrong passwords and wrong tenants are refused alike.
    """
    subject = hashlib.sha256(f"{address}\n{given.email.lower()}".encode()).hexdigest()
    take(platform, trace, f"login:{subject}", _limit(platform, given.email))
    with platform.database.read() as db:
        user, tenant = users.with_tenant(db, given.email) or (None, None)
    proven = matches(given.password, user.password_hash if user else None)
    if user is None or tenant is None or not proven or user.status != "active":
        raise unauthenticated(_REFUSED)
    if given.tenant_slug is not None and given.tenant_slug != tenant.slug:
        raise unauthenticated(_REFUSED)
    trace.principal = user.id
    with platform.database.write() as db:
        # Proven outside of this transaction: a password changed meanwhile proves nothing.
        if not users.unchanged(db, user):
            raise unauthenticated(_REFUSED)
        if second_factors.active(db, user.id):
            return mfa.challenge(platform, db, user.id)
        return begin(platform, db, user, tenant)


def _limit(platform: Platform, email: str) -> int:
    """How often a minute somebody may try to log in."""
    env = platform.settings
    return env.auth_rate_limits.get(email.lower().rpartition("@")[2], env.auth_rate_limit)


def begin(platform: Platform, db: Session, user: User, tenant: Tenant) -> Tokens:
    """A new session of someone who has proven to be the user."""
    expires = now() + timedelta(seconds=platform.settings.refresh_ttl)
    session = sessions.start(db, user.id, expires)
    return _pair(platform, db, user, tenant, session)


def _pair(
    platform: Platform, db: Session, user: User, tenant: Tenant, session: LoginSession
) -> Tokens:
    access, _ = platform.signer.sign("access", user, tenant, session.id)
    refresh, jti = platform.signer.sign("refresh", user, tenant, session.id)
    sessions.issue(db, session.id, jti)
    return Tokens(
        access_token=access,
        refresh_token=refresh,
        token_type="Bearer",  # noqa: S106 - the kind, not the token
        expires_in=platform.settings.access_ttl,
        session_id=session.id,
    )


def refresh(platform: Platform, token: str) -> Tokens:
    """A new pair for an unused refresh token; a used one ends its whole family."""
    claims = platform.signer.believe(token, "refresh")
    if claims is None:
        raise unauthenticated(_REFUSED)
    with ending(platform) as (db, ended):
        # Spending comes first: it locks the token, so that a parallel twin waits for our outcome.
        if sessions.spend(db, claims.jti):
            found = sessions.bearer(db, claims.session_id, claims.user_id)
            session = db.get(LoginSession, claims.session_id)
            if found is not None and session is not None:
                session.expires_at = now() + timedelta(seconds=platform.settings.refresh_ttl)
                return _pair(platform, db, *found, session)
        else:
            ended.extend(sessions.revoke(db, claims.user_id, claims.session_id))
    raise unauthenticated(_REFUSED)


def log_out(platform: Platform, token: str) -> bool:
    """End the token's session; whether it was live."""
    claims = platform.signer.believe(token, "refresh")
    if claims is None:
        raise unauthenticated(_REFUSED)
    with ending(platform) as (db, ended):
        ended.extend(sessions.revoke(db, claims.user_id, claims.session_id))
    return bool(ended)


def log_out_everywhere(platform: Platform, caller: Caller) -> int:
    """End all sessions of the caller."""
    with ending(platform) as (db, ended):
        ended.extend(sessions.revoke(db, caller.user_id))
    return len(ended)


def end_session(platform: Platform, caller: Caller, session_id: str) -> None:
    """End one of the caller's sessions."""
    with ending(platform) as (db, ended):
        ended.extend(sessions.revoke(db, caller.user_id, session_id))
        if not ended:
            raise unknown()


def list_sessions(platform: Platform, caller: Caller) -> SessionList:
    """The caller's live sessions, newest first."""
    query = sessions.live(caller.user_id)
    newest = query.order_by(LoginSession.created_at.desc(), LoginSession.id).limit(100)
    with platform.database.read() as db:
        total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = list(db.scalars(newest))
    items = [
        SessionShown(
            id=row.id,
            created_at=row.created_at,
            expires_at=row.expires_at,
            current=row.id == caller.session_id,
        )
        for row in rows
    ]
    return SessionList(sessions=items, total=total)
