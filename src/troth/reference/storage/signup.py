"""Requests for access: one pending of an address, each decided once."""

from datetime import datetime

from sqlalchemy import Index, Select, String, Text, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now

_PENDING = text("status = 'pending'")


class SignupRequest(Base):
    """Someone who asks to be let in."""

    __tablename__ = "signup_requests"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254))
    display_name: Mapped[str] = mapped_column(Text)
    tenant_name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), default="pending")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (
        Index(
            "signup_requests_pending",
            "email",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index("signup_requests_in_order", "created_at", "id"),
    )


def all_of(status: str | None) -> Select[SignupRequest]:
    """Every request, or those of one status."""
    query = select(SignupRequest)
    return query if status is None else query.where(SignupRequest.status == status)


def pending(db: Session, email: str) -> SignupRequest | None:
    """What this address has asked for and nobody has decided."""
    return db.scalar(all_of("pending").where(SignupRequest.email == email.lower()))


def decide(db: Session, request_id: str, status: str) -> SignupRequest | None:
    """Decide a pending request; of any number that try at once, one gets it."""
    done = db.scalars(
        update(SignupRequest)
        .where(SignupRequest.id == request_id.lower(), SignupRequest.status == "pending")
        .values(status=status, decided_at=now())
        .returning(SignupRequest),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    return done.first()


def exists(db: Session, request_id: str) -> bool:
    """Whether there is such a request, decided or not."""
    query = select(SignupRequest.id).where(SignupRequest.id == request_id.lower())
    return db.scalar(query) is not None
