"""Plans, subscriptions, usage, invoices; money in minor units, as whole numbers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Boolean, Given, Id, Integer, NotNull, Shown

PlanCode = Literal["starter", "pro", "enterprise"]
Metric = Literal["agent_runs", "messages", "tokens"]
SubscriptionState = Literal["trialing", "active", "past_due", "cancel_at_period_end", "canceled"]
InvoiceStatus = Literal["open", "paid", "uncollectible", "void"]
Currency = Literal["EUR", "USD"]
BillingEventType = Literal[
    "subscription.started",
    "subscription.changed",
    "subscription.renewal_stopped",
    "subscription.resumed",
    "subscription.canceled",
    "provider.applied",
    "provider.ignored",
]
Quantity = Annotated[Integer, Field(ge=1, le=1000)]
Count = Annotated[int, Field(ge=0)]


class NewSubscription(Given):
    """What to subscribe to. A trial is for plans that have one, and for a tenant's first time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"plan": "pro", "quantity": 3, "trial": False}]},
    )

    plan: PlanCode
    quantity: Quantity
    trial: Boolean = False


class SubscriptionChange(Given):
    """What of a subscription is to change; what is not sent stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"plan": "enterprise", "quantity": 5}]}
    )

    plan: Annotated[PlanCode | None, NotNull()] = None
    quantity: Annotated[Quantity | None, NotNull()] = None
    auto_renew: Annotated[Boolean | None, NotNull()] = None


class Cancellation(Given):
    """When it is to end."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"when": "immediately"}]}
    )

    when: Literal["immediately", "at_period_end"]


class NewUsageReport(Given):
    """So much of a metric was used."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"metric": "messages", "quantity": 25}]}
    )

    metric: Metric
    quantity: Annotated[Integer, Field(ge=1, le=1_000_000)]


class PlanAllowance(Shown):
    """How much of a metric a plan includes in a period."""

    metric: Metric
    included: Count


class PlanShown(Shown):
    """A plan, and its price for one seat and period."""

    code: PlanCode
    display_name: Annotated[str, Field(examples=["Pro"])]
    currency: Currency
    price_minor: Count
    period_days: Annotated[int, Field(ge=1)]
    trial_days: Count
    allowances: list[PlanAllowance]


class PlanList(Shown):
    """All plans."""

    items: list[PlanShown]


class SubscriptionShown(Shown):
    """A tenant's subscription."""

    id: Id
    tenant_id: Id
    plan: PlanCode
    quantity: Annotated[int, Field(ge=1)]
    status: SubscriptionState
    auto_renew: bool
    current_period_start: datetime
    current_period_end: datetime
    trial_end: datetime | None
    canceled_at: datetime | None
    created_at: datetime


class UsageAccepted(Shown):
    """The report is counted; under a key that was used before, it was so already."""

    success: Literal[True]
    id: Id
    duplicate: bool


class MetricUsage(Shown):
    """How much of a metric was used in the present period."""

    metric: Metric
    quantity: Count
    included: Count


class UsageSummary(Shown):
    """What was used in the present period."""

    subscription_id: Id
    period_start: datetime
    period_end: datetime
    items: list[MetricUsage]


class InvoiceShown(Shown):
    """What a period costs."""

    id: Id
    subscription_id: Id
    provider_id: str | None
    status: InvoiceStatus
    currency: Currency
    amount_minor: Count
    period_start: datetime
    period_end: datetime
    created_at: datetime


class InvoicePage(Shown):
    """A page of invoices."""

    items: list[InvoiceShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class BillingEventShown(Shown):
    """Something that happened to a subscription, and its status after that."""

    id: Id
    type: BillingEventType
    subscription_id: Id
    status: SubscriptionState
    provider_event: str | None
    created_at: datetime


class BillingEventPage(Shown):
    """A page of events."""

    items: list[BillingEventShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
