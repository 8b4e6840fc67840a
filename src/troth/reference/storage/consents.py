"""What users have consented to, once a policy and version."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class Consent(Base):
    """A user's consent to one version of a policy."""

    __tablename__ = "consents"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    policy_key: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (
        UniqueConstraint("user_id", "policy_key", "version"),
        Index("consents_in_order", "user_id", "created_at", "id"),
    )


def of_user(user_id: str) -> Select[Consent]:
    """All that the user has consented to."""
    return select(Consent).where(Consent.user_id == user_id)
