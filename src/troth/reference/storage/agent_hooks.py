"""Hooks of an API key, and the outbox of what they are to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Select, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now

SHOWN = 10


class Hook(Base):
    """Where somebody wants to be told; the secret only as its digest, which signs."""

    __tablename__ = "agent_hooks"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("agent_hooks_in_order", "key_id", "created_at", "id"),)


class Delivery(Base):
    """One telling: written with what it tells of, sent afterwards."""

    __tablename__ = "agent_deliveries"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    hook_id: Mapped[str] = mapped_column(ForeignKey("agent_hooks.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(16), default="pending", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    response_status: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("agent_deliveries_in_order", "hook_id", "created_at", "id"),)


def of_key(key_id: str) -> Select[Hook]:
    """The hooks of a key."""
    return select(Hook).where(Hook.key_id == key_id)


def one(db: Session, key_id: str, id_: str, *, lock: bool = False) -> Hook | None:
    """One hook of the key, locked against other writers if asked."""
    query = of_key(key_id).where(Hook.id == id_.lower())
    return db.scalar(query.with_for_update() if lock else query)


def newest(db: Session, key_id: str, most: int) -> list[Hook]:
    """The key's last hooks, none of which goes while they are told."""
    query = of_key(key_id).order_by(Hook.created_at.desc(), Hook.id).limit(most)
    return list(db.scalars(query.with_for_update(read=True)))


def deliveries(db: Session, hook_id: str) -> list[Delivery]:
    """The hook's last deliveries, newest first."""
    query = select(Delivery).where(Delivery.hook_id == hook_id)
    return list(db.scalars(query.order_by(Delivery.created_at.desc(), Delivery.id).limit(SHOWN)))


def pending(db: Session) -> list[tuple[Delivery, Hook]]:
    """What is to be sent, oldest first."""
    query = (
        select(Delivery, Hook)
        .join(Hook, Hook.id == Delivery.hook_id)
        .where(Delivery.status == "pending")
        .order_by(Delivery.created_at, Delivery.id)
        .limit(100)
    )
    return [(row[0], row[1]) for row in db.execute(query)]


def settle(db: Session, id_: str, status: str, attempts: int, response: int | None) -> None:
    """What became of a delivery."""
    db.execute(
        update(Delivery)
        .where(Delivery.id == id_)
        .values(status=status, attempts=attempts, response_status=response),
        execution_options={"synchronize_session": False},
    )
