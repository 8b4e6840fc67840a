"""What a tenant has used, each report once by its key."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.billing import Subscription
from troth.reference.storage.tables import Base, Moment, new_id, now


class UsageReport(Base):
    """So much of a metric was used."""

    __tablename__ = "billing_usage"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    subscription_id: Mapped[str] = mapped_column(
        ForeignKey("billing_subscriptions.id", ondelete="CASCADE")
    )
    key: Mapped[str] = mapped_column(String(64))
    metric: Mapped[str] = mapped_column(String(16))
    quantity: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        Index("usage_of_period", "subscription_id", "created_at"),
    )


def keyed(db: Session, tenant_id: str, key: str) -> UsageReport | None:
    """What the tenant has reported under that key."""
    return db.scalar(
        select(UsageReport).where(UsageReport.tenant_id == tenant_id, UsageReport.key == key)
    )


def totals(db: Session, row: Subscription) -> dict[str, int]:
    """How much of each metric was used in the subscription's present period."""
    found = db.execute(
        select(UsageReport.metric, func.sum(UsageReport.quantity))
        .where(
            UsageReport.subscription_id == row.id,
            UsageReport.created_at >= row.period_start,
            UsageReport.created_at < row.period_end,
        )
        .group_by(UsageReport.metric)
    )
    return {metric: int(total) for metric, total in found}
