"""What happens in tenants, and which of it each user has read: up to a moment, and one by one."""

from datetime import datetime

from sqlalchemy import Exists, ForeignKey, Index, Select, String, and_, exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import EPOCH, Base, Moment, new_id, now


class Activity(Base):
    """Something that happened in a tenant."""

    __tablename__ = "activity"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[str | None] = mapped_column(String(36))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("activity_in_order", "tenant_id", "created_at", "id"),)


class ActivityReceipt(Base):
    """That a user has read one of them, and perhaps wants to see it no more."""

    __tablename__ = "activity_receipts"
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[str] = mapped_column(
        ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    dismissed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)


class ActivityMark(Base):
    """Up to when a user has read all; so reading all costs one row, however much it is."""

    __tablename__ = "activity_marks"
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    read_until: Mapped[datetime] = mapped_column(Moment)


def of_tenant(tenant_id: str) -> Select[Activity]:
    """All that happened in the tenant."""
    return select(Activity).where(Activity.tenant_id == tenant_id)


def seen_by(tenant_id: str, user_id: str) -> Select[Activity]:
    """What the user has not dismissed of it."""
    dismissed = _receipt(user_id).where(ActivityReceipt.dismissed_at.is_not(None))
    return of_tenant(tenant_id).where(~dismissed)


def one(db: Session, tenant_id: str, event_id: str) -> Activity | None:
    """One event of the tenant."""
    return db.scalar(of_tenant(tenant_id).where(Activity.id == event_id.lower()))


def read_until(db: Session, user_id: str) -> datetime:
    """Up to when the user has read all."""
    mark = db.get(ActivityMark, user_id)
    return mark.read_until if mark else EPOCH


def read_among(db: Session, user_id: str, event_ids: list[str]) -> set[str]:
    """Which of these the user has read one by one."""
    query = select(ActivityReceipt.event_id).where(
        ActivityReceipt.user_id == user_id, ActivityReceipt.event_id.in_(event_ids)
    )
    return set(db.scalars(query))


def unread(db: Session, tenant_id: str, user_id: str) -> int:
    """How many the user has read in neither way."""
    query = select(func.count(Activity.id)).where(
        Activity.tenant_id == tenant_id,
        Activity.created_at > read_until(db, user_id),
        ~_receipt(user_id),
    )
    return db.scalar(query) or 0


def _receipt(user_id: str) -> Exists:
    return exists().where(
        and_(ActivityReceipt.event_id == Activity.id, ActivityReceipt.user_id == user_id)
    )
