"""What was proven of an account: its address; and the tokens, known by digests, that prove it."""

from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, User, new_id, now

Purpose = Literal["verify", "reset"]


class VerifiedEmail(Base):
    """The address that a user has proven; worth nothing once the user has another."""

    __tablename__ = "verified_emails"
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str] = mapped_column(String(254))
    verified_at: Mapped[datetime] = mapped_column(Moment, default=now)


class EmailToken(Base):
    """A token that went to an address; a user has one of each purpose, the latest."""

    __tablename__ = "email_tokens"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    bound_to: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("user_id", "purpose", name="email_tokens_latest"),)


def locked(db: Session, user_id: str) -> User | None:
    """The user as it is now, locked: always before its tokens, so that nobody waits in a ring."""
    query = select(User).where(User.id == user_id, User.status == "active")
    return db.scalar(query.with_for_update(), execution_options={"populate_existing": True})


def _state(user: User, purpose: Purpose) -> str:
    """What a token is good for: it dies with the address, and one for a password with that too.

    Whoever changes these need not know of tokens.
    """
    password = user.password_hash if purpose == "reset" else ""
    return sha256(f"{user.email}\n{password}".encode()).hexdigest()


def issue(db: Session, user: User, purpose: Purpose, digest: str, expires_at: datetime) -> None:
    """Put a token in the place of the one before; the user is locked."""
    db.execute(
        delete(EmailToken).where(EmailToken.user_id == user.id, EmailToken.purpose == purpose),
        execution_options={"synchronize_session": False},
    )
    db.add(
        EmailToken(
            user_id=user.id,
            purpose=purpose,
            digest=digest,
            bound_to=_state(user, purpose),
            expires_at=expires_at,
        )
    )
    db.flush()


def whose(db: Session, purpose: Purpose, digest: str) -> str | None:
    """The id of the user it would be good for."""
    return db.scalar(
        select(EmailToken.user_id).where(
            EmailToken.digest == digest,
            EmailToken.purpose == purpose,
            EmailToken.expires_at > now(),
        )
    )


def spend(db: Session, user: User, purpose: Purpose, digest: str) -> bool:
    """Use it up; of any number that try at once, one is told True. The user is locked."""
    done = db.execute(
        delete(EmailToken)
        .where(
            EmailToken.user_id == user.id,
            EmailToken.purpose == purpose,
            EmailToken.digest == digest,
            EmailToken.bound_to == _state(user, purpose),
            EmailToken.expires_at > now(),
        )
        .returning(EmailToken.id),
        execution_options={"synchronize_session": False},
    )
    return done.first() is not None


def verify(db: Session, user: User) -> None:
    """Note that the user's present address is theirs. The user is locked."""
    found = db.get(VerifiedEmail, user.id)
    if found is None:
        db.add(VerifiedEmail(user_id=user.id, email=user.email))
    else:
        found.email, found.verified_at = user.email, now()
    db.flush()


def verified(db: Session, user: User) -> bool:
    """Whether the user's present address was proven."""
    found = db.get(VerifiedEmail, user.id)
    return found is not None and found.email == user.email
