"""Who is told of incidents: confirmed by a token that is spent once, and known by digests."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy import insert as insert_into
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class StatusSubscription(Base):
    """An address that is to be told; nothing is sent to it until it has confirmed."""

    __tablename__ = "status_subscriptions"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(Text)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    token_expires_at: Mapped[datetime] = mapped_column(Moment)
    leave_digest: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("status_subscriptions_in_order", "created_at", "id"),)


class StatusNotice(Base):
    """That an address was told of an incident: the outbox of whatever delivers."""

    __tablename__ = "status_notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[str] = mapped_column(
        ForeignKey("status_subscriptions.id", ondelete="CASCADE"), index=True
    )
    incident_id: Mapped[str] = mapped_column(
        ForeignKey("incidents.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


def everyone() -> Select[StatusSubscription]:
    """All subscriptions."""
    return select(StatusSubscription)


def confirm(
    db: Session, channel: str, token_digest: str, leave_digest: str
) -> StatusSubscription | None:
    """Spend a token; of any number that try at once, one gets the subscription."""
    return db.scalar(
        update(StatusSubscription)
        .where(
            StatusSubscription.channel == channel,
            StatusSubscription.token_digest == token_digest,
            StatusSubscription.token_expires_at > now(),
            StatusSubscription.confirmed_at.is_(None),
        )
        .values(confirmed_at=now(), leave_digest=leave_digest)
        .returning(StatusSubscription),
        execution_options={"synchronize_session": False},
    )


def leave(db: Session, leave_digest: str) -> str | None:
    """Delete the subscription of that token; its id."""
    return _gone(db, StatusSubscription.leave_digest, leave_digest)


def remove(db: Session, subscription_id: str) -> str | None:
    """Delete the subscription of that id; its id."""
    return _gone(db, StatusSubscription.id, subscription_id.lower())


def _gone(db: Session, column: Mapped[str] | Mapped[str | None], value: str) -> str | None:
    return db.scalar(
        delete(StatusSubscription).where(column == value).returning(StatusSubscription.id),
        execution_options={"synchronize_session": False},
    )


def tell(db: Session, incident_id: str) -> int:
    """Note an incident for whoever has confirmed; how many these are."""
    told = select(StatusSubscription.id, literal(incident_id), literal(now(), Moment)).where(
        StatusSubscription.confirmed_at.is_not(None)
    )
    # Locked, so that nobody who leaves meanwhile is told: the row would lead nowhere.
    noted = db.execute(
        insert_into(StatusNotice)
        .from_select(
            ["subscription_id", "incident_id", "created_at"], told.with_for_update(read=True)
        )
        .returning(StatusNotice.id)
    )
    return len(noted.all())


def notice_counts(db: Session, subscription_ids: Collection[str]) -> dict[str, int]:
    """How often each was told; one that never was is left out."""
    rows = db.execute(
        select(StatusNotice.subscription_id, func.count())
        .where(StatusNotice.subscription_id.in_(subscription_ids))
        .group_by(StatusNotice.subscription_id)
    )
    return {row[0]: row[1] for row in rows}
