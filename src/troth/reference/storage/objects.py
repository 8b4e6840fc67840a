"""Stored objects: pending until their bytes are there, then stored for good, at last deleted."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class StoredObject(Base):
    """What was announced of an object, and what became of it; the bytes are in the store."""

    __tablename__ = "stored_objects"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    owner_id: Mapped[str] = mapped_column(String(36))
    purpose: Mapped[str] = mapped_column(String(16))
    agent_key: Mapped[str | None] = mapped_column(String(40), default=None)
    conversation_id: Mapped[str | None] = mapped_column(String(36), default=None)
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column()
    announced: Mapped[str | None] = mapped_column(String(64), default=None)
    """The SHA-256 that was announced, if one was."""
    sha256: Mapped[str | None] = mapped_column(String(64), default=None)
    """That of the bytes, since they are there."""
    state: Mapped[str] = mapped_column(String(16), default="pending")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    stored_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (Index("stored_objects_in_order", "tenant_id", "created_at", "id"),)

    @property
    def key(self) -> str:
        """Where the bytes are in the store."""
        return f"{self.id}.{self.sha256}"


def seen_by(tenant_id: str, user_id: str) -> Select[StoredObject]:
    """The tenant's objects, deleted ones too; what is for an agent only if it is the user's own."""
    return select(StoredObject).where(
        StoredObject.tenant_id == tenant_id,
        or_(StoredObject.purpose == "general", StoredObject.owner_id == user_id),
    )


def live(tenant_id: str, user_id: str) -> Select[StoredObject]:
    """Those that are not deleted."""
    return seen_by(tenant_id, user_id).where(StoredObject.state != "deleted")


def store(db: Session, object_id: str, sha256: str) -> bool:
    """Say that those bytes are there; False if others are, or the object is deleted.

    The first bytes win: of any number that are sent at once, the rest are told False.
    """
    done = db.execute(
        update(StoredObject)
        .where(
            StoredObject.id == object_id,
            or_(
                StoredObject.state == "pending",
                (StoredObject.state == "stored") & (StoredObject.sha256 == sha256),
            ),
        )
        .values(state="stored", sha256=sha256, stored_at=now())
        .returning(StoredObject.id),
        execution_options={"synchronize_session": False},
    )
    return done.first() is not None
