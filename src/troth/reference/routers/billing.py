"""A tenant's billing: plans, its subscription, what it used, what it owes."""

from typing import Annotated

from fastapi import Header, Response

from troth.reference.domain import billing, subscriptions
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import billing as shapes

routes = Routes("/api/v1/billing", "billing", "Plans, subscriptions, usage and invoices.")
_MINE = "/tenants/{tenant_id}"
_TENANT = f"/api/v1/billing{_MINE}"
_FOREIGN = {404: "This is not your tenant."}
_NONE = {404: "This is not your tenant, or it has never subscribed."}
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=64,
        pattern="^[A-Za-z0-9_-]*$",
        description="Of the tenant's reports under one key, the first is counted.",
        openapi_examples={"a": {"summary": "Any name", "value": "report-2026-01-31-a"}},
    ),
]


@routes.operation("GET", "/plans", "listPlans", "All plans", access="everyone")
def plans(_caller: CallerHere) -> shapes.PlanList:
    """What can be subscribed to."""
    return billing.plans()


@routes.operation(
    "GET",
    f"{_MINE}/subscription",
    "getSubscription",
    "My tenant's subscription",
    access="everyone",
    ids={_TENANT: "/tenant_id"},
    errors=_NONE,
)
def one(tenant_id: PathId, caller: CallerHere, platform: Here) -> shapes.SubscriptionShown:
    """The live one, or else the one that ended last."""
    return subscriptions.current(platform, billing.own(caller, tenant_id))


@routes.operation(
    "POST",
    f"{_MINE}/subscription",
    "startSubscription",
    "Subscribe",
    access="admins",
    ids={_TENANT: "/tenant_id"},
    scope="billing:manage",
    status=201,
    errors=_FOREIGN | {409: "There is a live subscription already."},
    headers=("Location",),
)
def start(
    tenant_id: PathId,
    body: shapes.NewSubscription,
    caller: CallerHere,
    platform: Here,
    response: Response,
) -> shapes.SubscriptionShown:
    """A new subscription, with its first invoice unless it begins with a trial."""
    mine = billing.own(caller, tenant_id)
    response.headers["Location"] = f"/api/v1/billing/tenants/{mine}/subscription"
    return subscriptions.start(platform, mine, body)


@routes.operation(
    "PATCH",
    f"{_MINE}/subscription",
    "changeSubscription",
    "Change my tenant's subscription",
    access="admins",
    scope="billing:manage",
    errors=_NONE | {409: "Its status does not allow this."},
)
def change(
    tenant_id: PathId, body: shapes.SubscriptionChange, caller: CallerHere, platform: Here
) -> shapes.SubscriptionShown:
    """Another plan or number of seats from the next period on; whether it renews itself."""
    return subscriptions.change(platform, billing.own(caller, tenant_id), body)


@routes.operation(
    "POST",
    f"{_MINE}/subscription/cancel",
    "cancelSubscription",
    "Cancel my tenant's subscription",
    access="admins",
    scope="billing:manage",
    errors=_NONE | {409: "Its status does not allow this."},
)
def cancel(
    tenant_id: PathId, body: shapes.Cancellation, caller: CallerHere, platform: Here
) -> shapes.SubscriptionShown:
    """At once and for good, or at the end of the period."""
    return subscriptions.cancel(platform, billing.own(caller, tenant_id), body)


@routes.operation(
    "POST",
    f"{_MINE}/usage",
    "reportBillingUsage",
    "Report what was used",
    access="admins",
    scope="billing:manage",
    status=202,
    errors=_NONE | {409: "There is no live subscription, or the key is another report's."},
)
def report(
    tenant_id: PathId,
    body: shapes.NewUsageReport,
    caller: CallerHere,
    platform: Here,
    idempotency_key: Key,
) -> shapes.UsageAccepted:
    """Counted once under each key, however often it is sent."""
    return billing.report(platform, billing.own(caller, tenant_id), idempotency_key, body)


@routes.operation(
    "GET",
    f"{_MINE}/usage",
    "getBillingUsage",
    "What my tenant used",
    access="everyone",
    errors=_NONE,
)
def usage(tenant_id: PathId, caller: CallerHere, platform: Here) -> shapes.UsageSummary:
    """In the present period, beside what the plan includes."""
    return billing.usage(platform, billing.own(caller, tenant_id))


@routes.operation(
    "GET",
    f"{_MINE}/events",
    "listBillingEvents",
    "What happened to my tenant's billing",
    access="everyone",
    errors=_FOREIGN,
)
def events(
    tenant_id: PathId, caller: CallerHere, platform: Here, span: SpanHere
) -> shapes.BillingEventPage:
    """In the order it happened."""
    return billing.events(platform, billing.own(caller, tenant_id), span)


@routes.operation(
    "GET",
    f"{_MINE}/invoices",
    "listInvoices",
    "My tenant's invoices",
    access="everyone",
    ids={f"{_TENANT}/invoices/{{invoice_id}}": "/items/0/id"},
    errors=_FOREIGN,
)
def invoices(
    tenant_id: PathId, caller: CallerHere, platform: Here, span: SpanHere
) -> shapes.InvoicePage:
    """In the order they were made."""
    return billing.invoices(platform, billing.own(caller, tenant_id), span)


@routes.operation(
    "GET",
    f"{_MINE}/invoices/{{invoice_id}}",
    "getInvoice",
    "An invoice",
    access="everyone",
    errors={404: "This is not your tenant, or it has no such invoice."},
)
def invoice(
    tenant_id: PathId, invoice_id: PathId, caller: CallerHere, platform: Here
) -> shapes.InvoiceShown:
    """One of the tenant's invoices."""
    return billing.invoice(platform, billing.own(caller, tenant_id), invoice_id)
