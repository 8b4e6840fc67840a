"""Invites, known by the digests of their tokens only; each is used once."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class Invite(Base):
    """Leave to register: in a tenant, or without one to found one's own."""

    __tablename__ = "invites"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str | None] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    email: Mapped[str | None] = mapped_column(String(254), default=None)
    role: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[str] = mapped_column(String(16), default="pending")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("invites_in_order", "tenant_id", "created_at", "id"),)


def visible(tenant_id: str, *, founding: bool) -> Select[Invite]:
    """The tenant's invites; with ``founding`` those of no tenant too."""
    mine = Invite.tenant_id == tenant_id
    return select(Invite).where(or_(mine, Invite.tenant_id.is_(None)) if founding else mine)


def _usable(digest: str, email: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Invite.digest == digest,
        Invite.status == "pending",
        Invite.expires_at > now(),
        or_(Invite.email.is_(None), Invite.email == email.lower()),
    )


def usable(db: Session, digest: str, email: str) -> bool:
    """Whether this address could use it now."""
    return db.scalar(select(Invite.id).where(*_usable(digest, email))) is not None


def spend(db: Session, digest: str, email: str) -> Invite | None:
    """Use it up for this address; of any number that try at once, one gets it."""
    return _settle(db, "accepted", *_usable(digest, email))


def revoke(db: Session, invite_id: str) -> Invite | None:
    """Revoke it, if it could still be used."""
    return _settle(
        db,
        "revoked",
        Invite.id == invite_id,
        Invite.status == "pending",
        Invite.expires_at > now(),
    )


def _settle(db: Session, status: str, *conditions: ColumnElement[bool]) -> Invite | None:
    done = db.scalars(
        update(Invite).where(*conditions).values(status=status).returning(Invite),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    return done.first()
