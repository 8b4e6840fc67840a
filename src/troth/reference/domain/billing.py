"""What a tenant sees of its billing: usage, invoices, events; another tenant's do not exist."""

import json
from collections.abc import AsyncIterator
from typing import cast

from sqlalchemy.exc import IntegrityError

from troth.reference.bus import heard, listening
from troth.reference.domain.access import Caller
from troth.reference.domain.plans import PLANS
from troth.reference.domain.subscriptions import event_shown
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import billing as shapes
from troth.reference.storage import billing, metering
from troth.reference.storage.billing import BillingEvent, Invoice
from troth.reference.storage.metering import UsageReport
from troth.reference.storage.pages import Span, page


def own(caller: Caller, tenant_id: str) -> str:
    """The caller's tenant, if that is it; ProblemError 404 for any other."""
    if tenant_id.lower() != caller.tenant_id:
        raise unknown()
    return caller.tenant_id


def plans() -> shapes.PlanList:
    """All plans."""
    return shapes.PlanList(items=list(PLANS.values()))


def report(
    platform: Platform, tenant_id: str, key: str, new: shapes.NewUsageReport
) -> shapes.UsageAccepted:
    """Count what was used, once under each key; 409 for another report under the same key."""
    row = UsageReport(tenant_id=tenant_id, key=key, metric=new.metric, quantity=new.quantity)
    try:
        with platform.database.write() as db:
            subscription = billing.latest(db, tenant_id, lock=True)
            if subscription is None:
                raise unknown()
            if subscription.state == billing.ENDED:
                raise ProblemError(409, "The subscription has ended.")
            row.subscription_id = subscription.id
            db.add(row)
    except IntegrityError:
        with platform.database.read() as db:
            before = metering.keyed(db, tenant_id, key)
        if before is None or (before.metric, before.quantity) != (new.metric, new.quantity):
            raise ProblemError(409, "Something else was reported under this key.") from None
        return shapes.UsageAccepted(success=True, id=before.id, duplicate=True)
    return shapes.UsageAccepted(success=True, id=row.id, duplicate=False)


def usage(platform: Platform, tenant_id: str) -> shapes.UsageSummary:
    """What was used in the present period, and what the plan includes."""
    with platform.database.read() as db:
        row = billing.latest(db, tenant_id)
        if row is None:
            raise unknown()
        used = metering.totals(db, row)
    return shapes.UsageSummary(
        subscription_id=row.id,
        period_start=row.period_start,
        period_end=row.period_end,
        items=[
            shapes.MetricUsage(
                metric=each.metric, quantity=used.get(each.metric, 0), included=each.included
            )
            for each in PLANS[row.plan].allowances
        ],
    )


def invoices(platform: Platform, tenant_id: str, span: Span) -> shapes.InvoicePage:
    """The tenant's invoices."""
    with platform.database.read() as db:
        rows = page(db, Invoice, billing.invoices(tenant_id), span)
    return shapes.InvoicePage(
        items=[_invoice(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def invoice(platform: Platform, tenant_id: str, id_: str) -> shapes.InvoiceShown:
    """One of them."""
    with platform.database.read() as db:
        row = db.scalar(billing.invoices(tenant_id).where(Invoice.id == id_.lower()))
    if row is None:
        raise unknown()
    return _invoice(row)


def events(platform: Platform, tenant_id: str, span: Span) -> shapes.BillingEventPage:
    """What happened to the tenant's subscriptions."""
    with platform.database.read() as db:
        rows = page(db, BillingEvent, billing.events(tenant_id), span)
    return shapes.BillingEventPage(
        items=[event_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


async def stream(platform: Platform, tenant_id: str) -> AsyncIterator[Event]:
    """What happens from now on."""
    async with listening(platform.bus, f"billing:{tenant_id}") as queue:
        while True:
            told = await heard(queue)
            yield Event("billing", json.dumps(told), str(told["id"]))


def _invoice(row: Invoice) -> shapes.InvoiceShown:
    return shapes.InvoiceShown(
        id=row.id,
        subscription_id=row.subscription_id,
        provider_id=row.provider_id,
        status=cast("shapes.InvoiceStatus", row.status),
        currency=cast("shapes.Currency", row.currency),
        amount_minor=row.amount_minor,
        period_start=row.period_start,
        period_end=row.period_end,
        created_at=row.created_at,
    )
