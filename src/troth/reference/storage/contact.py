"""Messages from outside, each once a day at most."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class ContactMessage(Base):
    """A message that someone left."""

    __tablename__ = "contact_messages"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of its sender, its text and its day: the second of a day is a duplicate."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
