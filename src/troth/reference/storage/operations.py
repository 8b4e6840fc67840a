"""Operations of a tenant, their checkpoints, and one conditional UPDATE for each transition."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now
from troth.reference.storage.workers import Worker

_UNSYNCED = {"synchronize_session": False}


class Operation(Base):
    """Long work that a worker does."""

    __tablename__ = "operations"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    display_name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="PENDING")
    worker_id: Mapped[str | None] = mapped_column(
        ForeignKey("workers.id", ondelete="SET NULL"), default=None
    )
    summary: Mapped[str | None] = mapped_column(Text, default=None)
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    checkpoint_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    started_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    finished_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (
        Index("operations_in_order", "tenant_id", "created_at", "id"),
        Index("operations_of_worker", "worker_id", "state"),
    )


class Checkpoint(Base):
    """How far an operation had come at one time; numbered from 1 without gaps."""

    __tablename__ = "operation_checkpoints"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    operation_id: Mapped[str] = mapped_column(ForeignKey("operations.id", ondelete="CASCADE"))
    number: Mapped[int]
    progress: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (
        UniqueConstraint("operation_id", "number"),
        Index("checkpoints_in_order", "operation_id", "created_at", "id"),
    )


def of_tenant(tenant_id: str, state: str | None = None) -> Select[Operation]:
    """The tenant's operations; those of one state."""
    query = select(Operation).where(Operation.tenant_id == tenant_id)
    return query if state is None else query.where(Operation.state == state)


def one(db: Session, tenant_id: str, operation_id: str) -> Operation | None:
    """One operation of the tenant."""
    return db.scalar(of_tenant(tenant_id).where(Operation.id == operation_id.lower()))


def move(
    db: Session,
    tenant_id: str,
    operation_id: str,
    sources: Collection[str],
    values: dict[str, Any],
    *,
    worker_id: str | None = None,
) -> Operation | None:
    """Change it if it is in one of `sources` (and with that worker); of many, one is told so."""
    statement = update(Operation).where(
        Operation.tenant_id == tenant_id,
        Operation.id == operation_id.lower(),
        Operation.state.in_(sources),
    )
    if worker_id is not None:
        statement = statement.where(Operation.worker_id == worker_id.lower())
    done = statement.values(**values).returning(Operation)
    return db.scalars(done, execution_options=_UNSYNCED).first()


def mark(db: Session, operation: Operation, progress: int, note: str) -> Checkpoint:
    """Add a checkpoint; `move` has counted it, and so holds the row."""
    row = Checkpoint(
        operation_id=operation.id,
        number=operation.checkpoint_count,
        progress=progress,
        note=note,
    )
    db.add(row)
    db.flush()
    return row


def checkpoints(operation_id: str) -> Select[Checkpoint]:
    """All checkpoints of an operation."""
    return select(Checkpoint).where(Checkpoint.operation_id == operation_id)


def abandon(db: Session, silent_since: datetime, state: str, values: dict[str, Any]) -> int:
    """Move the running operations whose worker was last heard of before then; how many."""
    silent = select(Worker.id).where(Worker.heartbeat_at < silent_since)
    statement = (
        update(Operation)
        .where(Operation.state == state, Operation.worker_id.in_(silent))
        .values(**values)
        .returning(Operation.id)
    )
    moved: Sequence[str] = db.scalars(statement, execution_options=_UNSYNCED).all()
    return len(moved)
