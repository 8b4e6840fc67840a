"""By which channel users want to hear of what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class NotificationPreference(Base):
    """Whether a user wants to hear of one category by one channel."""

    __tablename__ = "notification_preferences"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(String(16))
    enabled: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (
        UniqueConstraint("user_id", "channel", "category"),
        Index("preferences_in_order", "user_id", "created_at", "id"),
    )


def of_user(user_id: str) -> Select[NotificationPreference]:
    """All that the user has said."""
    return select(NotificationPreference).where(NotificationPreference.user_id == user_id)
