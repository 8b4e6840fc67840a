"""Login sessions and their refresh tokens, each of which is spent by one conditional UPDATE."""

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from troth.reference.storage.tables import LoginSession, RefreshToken, Tenant, User, now


def start(db: Session, user_id: str, expires_at: datetime) -> LoginSession:
    """A new session."""
    session = LoginSession(user_id=user_id, expires_at=expires_at)
    db.add(session)
    db.flush()
    return session


def issue(db: Session, session_id: str, jti: str) -> None:
    """Note a refresh token of the session."""
    db.add(RefreshToken(jti=jti, session_id=session_id))
    db.flush()


def spend(db: Session, jti: str) -> bool:
    """Use up a refresh token; of any number that try at once, one is told True."""
    done = db.execute(
        update(RefreshToken)
        .where(RefreshToken.jti == jti, RefreshToken.used_at.is_(None))
        .values(used_at=now())
        .returning(RefreshToken.jti),
        execution_options={"synchronize_session": False},
    )
    return done.first() is not None


def live(user_id: str) -> Select[LoginSession]:
    """The user's sessions that count."""
    return select(LoginSession).where(
        LoginSession.user_id == user_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > now(),
    )


def bearer(db: Session, session_id: str, user_id: str) -> tuple[User, Tenant] | None:
    """Whose live session it is, if the user is active."""
    row = db.execute(
        select(User, Tenant)
        .join(LoginSession, LoginSession.user_id == User.id)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(
            LoginSession.id == session_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now(),
            User.id == user_id,
            User.status == "active",
        )
    ).first()
    return None if row is None else (row[0], row[1])


def revoke(
    db: Session, user_id: str, session_id: str | None = None, *, keep: str | None = None
) -> list[str]:
    """Revoke one session of the user, or all but ``keep``; the ids of those that were live."""
    statement = update(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None)
    )
    if session_id is not None:
        statement = statement.where(LoginSession.id == session_id.lower())
    if keep is not None:
        statement = statement.where(LoginSession.id != keep)
    changed = db.scalars(
        statement.values(revoked_at=now()).returning(LoginSession.id),
        execution_options={"synchronize_session": False},
    )
    return list(changed)
