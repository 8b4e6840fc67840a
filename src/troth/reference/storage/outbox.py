"""The outbox: what would be sent to whom, without the secrets that a letter carries."""

from datetime import datetime
from typing import Literal

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now

Kind = Literal["verify_email", "already_verified", "reset_password", "no_account", "invite"]


class Letter(Base):
    """One letter."""

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


def post(db: Session, recipient: str, kind: Kind) -> None:
    """Note a letter, in the transaction that is the reason for it."""
    db.add(Letter(recipient=recipient.lower(), kind=kind))
    db.flush()
