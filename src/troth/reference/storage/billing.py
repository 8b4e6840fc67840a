"""Subscriptions, invoices and what happened to them; who comes second changes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now

ENDED = "canceled"
_UNSYNCED = {"synchronize_session": False}
_RELOADED = {"synchronize_session": False, "populate_existing": True}
_LIVE = text(f"state <> '{ENDED}'")


class Subscription(Base):
    """What a tenant has subscribed to; of a tenant's subscriptions one is live at most.

    `stamp` and `stamp_event` say how new the last change was: the provider's, or the tenant's.
    """

    __tablename__ = "billing_subscriptions"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    plan: Mapped[str] = mapped_column(String(16))
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(String(24))
    period_start: Mapped[datetime] = mapped_column(Moment)
    period_end: Mapped[datetime] = mapped_column(Moment)
    trial_end: Mapped[datetime | None] = mapped_column(Moment, default=None)
    canceled_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    ended_by_tenant: Mapped[bool] = mapped_column(default=False)
    stamp: Mapped[datetime | None] = mapped_column(Moment, default=None)
    stamp_event: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (
        Index(
            "one_live_subscription",
            "tenant_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("subscriptions_in_order", "tenant_id", "created_at", "id"),
    )


class Invoice(Base):
    """What a period costs; `reference` says which invoice of its subscription it is."""

    __tablename__ = "billing_invoices"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    subscription_id: Mapped[str] = mapped_column(
        ForeignKey("billing_subscriptions.id", ondelete="CASCADE")
    )
    reference: Mapped[str] = mapped_column(String(80))
    provider_id: Mapped[str | None] = mapped_column(String(80), default=None)
    status: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    period_start: Mapped[datetime] = mapped_column(Moment)
    period_end: Mapped[datetime] = mapped_column(Moment)
    stamp: Mapped[datetime | None] = mapped_column(Moment, default=None)
    stamp_event: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (
        UniqueConstraint("subscription_id", "reference"),
        Index("invoices_in_order", "tenant_id", "created_at", "id"),
    )


class BillingEvent(Base):
    """Something that happened to a tenant's subscription."""

    __tablename__ = "billing_events"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    subscription_id: Mapped[str] = mapped_column(String(36))
    type: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(24))
    provider_event: Mapped[str | None] = mapped_column(String(80), default=None)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("billing_events_in_order", "tenant_id", "created_at", "id"),)


class Delivery(Base):
    """An event of the provider that was received; each is taken once."""

    __tablename__ = "billing_deliveries"
    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    type: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime] = mapped_column(Moment)
    subscription_id: Mapped[str] = mapped_column(String(36))
    applied: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)


def latest(db: Session, tenant_id: str, *, lock: bool = False) -> Subscription | None:
    """The tenant's live subscription, or else the one before; locked if asked."""
    query = (
        select(Subscription)
        .where(Subscription.tenant_id == tenant_id)
        .order_by(Subscription.created_at.desc(), Subscription.id.desc())
        .limit(1)
    )
    return db.scalar(query.with_for_update() if lock else query)


def one(db: Session, tenant_id: str, subscription_id: str) -> Subscription | None:
    """That subscription of the tenant, locked against other writers."""
    query = select(Subscription).where(
        Subscription.tenant_id == tenant_id.lower(), Subscription.id == subscription_id.lower()
    )
    return db.scalar(query.with_for_update())


def move(db: Session, row: Subscription, values: dict[str, Any]) -> Subscription | None:
    """Change it if it is in the state that `row` says; of many, one is told so."""
    statement = (
        update(Subscription)
        .where(Subscription.id == row.id, Subscription.state == row.state)
        .values(**values)
        .returning(Subscription)
    )
    return db.scalars(statement, execution_options=_RELOADED).first()


def _newer(
    model: type[Subscription | Invoice], stamp: datetime, event_id: str
) -> ColumnElement[bool]:
    return or_(
        model.stamp.is_(None),
        model.stamp < stamp,
        and_(model.stamp == stamp, model.stamp_event < event_id),
    )


def overwrite(
    db: Session, row: Subscription, stamp: datetime, event_id: str, values: dict[str, Any]
) -> Subscription | None:
    """What the provider says, unless something newer is known.

    An end is newer than anything else: so the outcome is the same in whatever order it is told.
    """
    newer = _newer(Subscription, stamp, event_id)
    live = Subscription.state != ENDED
    known_less = or_(live, newer) if values["state"] == ENDED else and_(live, newer)
    statement = (
        update(Subscription)
        .where(Subscription.id == row.id, Subscription.ended_by_tenant.is_(False), known_less)
        .values(stamp=stamp, stamp_event=event_id, **values)
        .returning(Subscription)
    )
    return db.scalars(statement, execution_options=_RELOADED).first()


def overwrite_invoice(
    db: Session,
    row: Subscription,
    reference: str,
    *,
    stamp: datetime,
    event_id: str,
    values: dict[str, Any],
) -> bool:
    """What the provider says of an invoice, new to us or not; the caller holds the subscription."""
    of_it = and_(Invoice.subscription_id == row.id, Invoice.reference == reference)
    if db.scalar(select(Invoice.id).where(of_it)) is None:
        db.add(
            Invoice(
                tenant_id=row.tenant_id,
                subscription_id=row.id,
                reference=reference,
                stamp=stamp,
                stamp_event=event_id,
                **values,
            )
        )
        db.flush()
        return True
    statement = (
        update(Invoice)
        .where(of_it, _newer(Invoice, stamp, event_id))
        .values(stamp=stamp, stamp_event=event_id, **values)
        .returning(Invoice.id)
    )
    return db.scalars(statement, execution_options=_UNSYNCED).first() is not None


def note(
    db: Session, row: Subscription, type_: str, provider_event: str | None = None
) -> BillingEvent:
    """Add an event."""
    event = BillingEvent(
        tenant_id=row.tenant_id,
        subscription_id=row.id,
        type=type_,
        state=row.state,
        provider_event=provider_event,
    )
    db.add(event)
    db.flush()
    return event


def events(tenant_id: str) -> Select[BillingEvent]:
    """What happened to the tenant's subscriptions."""
    return select(BillingEvent).where(BillingEvent.tenant_id == tenant_id)


def invoices(tenant_id: str) -> Select[Invoice]:
    """The tenant's invoices."""
    return select(Invoice).where(Invoice.tenant_id == tenant_id)
