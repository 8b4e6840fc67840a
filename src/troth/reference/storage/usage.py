"""Usage counters of tenants: one row a feature and month, added to by one statement."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now
from troth.reference.storage.upsert import insert

_KEY = ("tenant_id", "feature", "period")


class UsageCounter(Base):
    """How much of a feature a tenant has used in one month."""

    __tablename__ = "usage_counters"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    feature: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(7))
    count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (UniqueConstraint(*_KEY, name="usage_counters_once"),)


def of_tenant(tenant_id: str) -> Select[UsageCounter]:
    """All counters of a tenant."""
    return select(UsageCounter).where(UsageCounter.tenant_id == tenant_id)


def add(db: Session, tenant_id: str, feature: str, period: str, quantity: int) -> None:
    """Add to a counter, which begins with its first quantity."""
    new = insert(db, UsageCounter).values(
        tenant_id=tenant_id, feature=feature, period=period, count=quantity
    )
    # The database adds, so that of any number that count at once none is lost.
    changes = {
        "count": UsageCounter.count + new.excluded.count,
        "updated_at": new.excluded.updated_at,
    }
    db.execute(new.on_conflict_do_update(index_elements=_KEY, set_=changes))
