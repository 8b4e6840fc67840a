"""Workers of a tenant, and when each was last heard of."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class Worker(Base):
    """Something that does operations."""

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    display_name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("workers_in_order", "tenant_id", "created_at", "id"),)


def of_tenant(tenant_id: str) -> Select[Worker]:
    """All workers of a tenant."""
    return select(Worker).where(Worker.tenant_id == tenant_id)


def beat(db: Session, tenant_id: str, worker_id: str) -> Worker | None:
    """Note that the worker is alive; None if the tenant has no such worker."""
    done = (
        update(Worker)
        .where(Worker.tenant_id == tenant_id, Worker.id == worker_id.lower())
        .values(heartbeat_at=now())
        .returning(Worker)
    )
    return db.scalars(done, execution_options={"synchronize_session": False}).first()
