"""Second factors: methods, recovery codes, challenges; one conditional UPDATE uses one up."""

from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now

_SILENT = {"synchronize_session": False}


class MfaMethod(Base):
    """A second factor of a user: pending until its first right code, then active, then removed."""

    __tablename__ = "mfa_methods"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    """Sealed; empty once the method is removed."""
    state: Mapped[str] = mapped_column(String(16), default="pending")
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The time step of the last code that was accepted: only later ones are."""
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    """Until when it may be pending."""
    activated_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (Index("mfa_methods_in_order", "user_id", "created_at", "id"),)


class RecoveryCode(Base):
    """One recovery code, by its digest."""

    __tablename__ = "mfa_recovery_codes"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment, default=None)


class MfaChallenge(Base):
    """A login that waits for its second factor."""

    __tablename__ = "mfa_challenges"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    spent_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (Index("mfa_challenges_in_order", "user_id", "created_at"),)


def present(user_id: str) -> Select[MfaMethod]:
    """The user's methods: active, or pending and not yet expired."""
    return select(MfaMethod).where(
        MfaMethod.user_id == user_id,
        or_(
            MfaMethod.state == "active",
            (MfaMethod.state == "pending") & (MfaMethod.expires_at > now()),
        ),
    )


def locked(db: Session, user_id: str, method_id: str) -> MfaMethod | None:
    """One of them, locked against other writers."""
    query = present(user_id).where(MfaMethod.id == method_id.lower())
    return db.scalar(query.with_for_update())


def active(db: Session, user_id: str) -> list[MfaMethod]:
    """The user's methods that count."""
    query = select(MfaMethod).where(MfaMethod.user_id == user_id, MfaMethod.state == "active")
    return list(db.scalars(query))


def accept(db: Session, method_id: str, step: int) -> bool:
    """Use up a time step of a method; of any number that try at once, one is told True."""
    done = db.execute(
        update(MfaMethod)
        .where(MfaMethod.id == method_id, MfaMethod.last_step < step)
        .values(last_step=step)
        .returning(MfaMethod.id),
        execution_options=_SILENT,
    )
    return done.first() is not None


def forget_pending(db: Session, user_id: str) -> None:
    """Delete what was pending for too long."""
    db.execute(
        delete(MfaMethod).where(
            MfaMethod.user_id == user_id,
            MfaMethod.state == "pending",
            MfaMethod.expires_at <= now(),
        ),
        execution_options=_SILENT,
    )


def replace_codes(db: Session, user_id: str, digests: list[str]) -> None:
    """These recovery codes, and no others."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.add_all([RecoveryCode(user_id=user_id, digest=each) for each in digests])
    db.flush()


def spend_code(db: Session, user_id: str, digest: str) -> bool:
    """Use up a recovery code; of any number that try at once, one is told True."""
    done = db.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.digest == digest,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id),
        execution_options=_SILENT,
    )
    return done.first() is not None


def attempt(db: Session, digest: str, most: int) -> MfaChallenge | None:
    """Count one attempt at a live challenge, which it locks."""
    return db.scalar(
        update(MfaChallenge)
        .where(
            MfaChallenge.digest == digest,
            MfaChallenge.spent_at.is_(None),
            MfaChallenge.expires_at > now(),
            MfaChallenge.attempts < most,
        )
        .values(attempts=MfaChallenge.attempts + 1)
        .returning(MfaChallenge),
        execution_options=_SILENT,
    )


def spend_challenge(db: Session, id_: str) -> None:
    """Use it up; whoever calls this holds its lock."""
    db.execute(
        update(MfaChallenge).where(MfaChallenge.id == id_).values(spent_at=now()),
        execution_options=_SILENT,
    )


def expire_challenges(db: Session, user_id: str) -> None:
    """End the logins that wait: what proved them, a password, is no longer theirs."""
    db.execute(
        update(MfaChallenge)
        .where(MfaChallenge.user_id == user_id, MfaChallenge.expires_at > now())
        .values(expires_at=now()),
        execution_options=_SILENT,
    )


def misses(db: Session, user_id: str, since: timedelta) -> int:
    """How many wrong codes were tried for the user lately, in all their challenges."""
    query = select(func.sum(MfaChallenge.attempts)).where(
        MfaChallenge.user_id == user_id,
        MfaChallenge.spent_at.is_(None),
        MfaChallenge.created_at > now() - since,
    )
    return int(db.scalar(query) or 0)


def forget_challenges(db: Session, user_id: str, age: timedelta) -> None:
    """Delete those that no longer say anything."""
    db.execute(
        delete(MfaChallenge).where(
            MfaChallenge.user_id == user_id, MfaChallenge.created_at < now() - age
        ),
        execution_options=_SILENT,
    )
