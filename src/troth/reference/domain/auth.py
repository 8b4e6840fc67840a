"""Sessions: begun by a password, kept by rotating refresh tokens, ended at once and for good."""

import hashlib
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from troth.reference.domain.access import Caller, take
from troth.reference.passwords import matches
from troth.reference.platform import Platform
from troth.reference.problems import unauthenticated, unknown
from troth.reference.schemas.auth import Credentials, SessionList, SessionShown, Tokens
from troth.reference.storage import sessions, users
from troth.reference.storage.tables import LoginSession, Tenant, User, now
from troth.reference.trace import Trace

_REFUSED = "These credentials are not valid."


def log_in(platform: Platform, trace: Trace, address: str, given: Credentials) -> Tokens:
    """A new session; unknown users, wrong passwords and wrong tenants are refused alike."""
    subject = hashlib.sha256(f"{address}\n{given.email.lower()}".encode()).hexdigest()
    take(platform, trace, f"login:{subject}", platform.settings.auth_rate_limit)
    with platform.database.read() as db:
        user = users.by_email(db, given.email)
        tenant = db.get(Tenant, user.tenant_id) if user else None
    proven = matches(given.password, user.password_hash if user else None)
    if user is None or tenant is None or not proven or user.status != "active":
        raise unauthenticated(_REFUSED)
    if given.tenant_slug is not None and given.tenant_slug != tenant.slug:
        raise unauthenticated(_REFUSED)
    trace.principal = user.id
    with platform.database.write() as db:
        if not users.exists(db, user.id):
            raise unauthenticated(_REFUSED)
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
    with platform.database.write() as db:
        # Spending comes first: it locks the token, so that a parallel twin waits for our outcome.
        if sessions.spend(db, claims.jti):
            found = sessions.bearer(db, claims.session_id, claims.user_id)
            session = db.get(LoginSession, claims.session_id)
            if found is not None and session is not None:
                session.expires_at = now() + timedelta(seconds=platform.settings.refresh_ttl)
                return _pair(platform, db, *found, session)
        else:
            sessions.revoke(db, claims.user_id, claims.session_id)
    raise unauthenticated(_REFUSED)


def log_out(platform: Platform, token: str) -> bool:
    """End the token's session; whether it was live."""
    claims = platform.signer.believe(token, "refresh")
    if claims is None:
        raise unauthenticated(_REFUSED)
    with platform.database.write() as db:
        return sessions.revoke(db, claims.user_id, claims.session_id) == 1


def log_out_everywhere(platform: Platform, caller: Caller) -> int:
    """End all sessions of the caller."""
    with platform.database.write() as db:
        return sessions.revoke(db, caller.user_id)


def end_session(platform: Platform, caller: Caller, session_id: str) -> None:
    """End one of the caller's sessions."""
    with platform.database.write() as db:
        if not sessions.revoke(db, caller.user_id, session_id):
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
