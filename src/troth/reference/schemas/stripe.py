"""What the payment provider sends: a bounded event in the shape of Stripe's."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Boolean, Given, Id, Integer, Shown
from troth.reference.schemas.billing import PlanCode, Quantity

Seconds = Annotated[Integer, Field(ge=0, le=4_102_444_800)]
"""Since 1970, until 2100."""

StripeEventType = Literal[
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.trial_will_end",
    "invoice.created",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.voided",
]


class StripeMetadata(Given):
    """Whose it is: what we gave the provider to hand back."""

    tenant_id: Id
    subscription_id: Id


class StripeSubscription(Given):
    """A subscription as the provider knows it, whole."""

    id: Annotated[str, Field(max_length=64, pattern=r"^sub_[A-Za-z0-9]+$")]
    object: Literal["subscription"]
    status: Literal["trialing", "active", "past_due", "canceled"]
    cancel_at_period_end: Boolean
    current_period_start: Seconds
    current_period_end: Seconds
    plan: PlanCode
    quantity: Quantity
    metadata: StripeMetadata


class StripeInvoice(Given):
    """An invoice as the provider knows it, whole."""

    id: Annotated[str, Field(max_length=64, pattern=r"^in_[A-Za-z0-9]+$")]
    object: Literal["invoice"]
    billing_reason: Literal["subscription_create", "subscription_cycle"]
    status: Literal["open", "paid", "uncollectible", "void"]
    currency: Literal["eur", "usd"]
    amount_due: Annotated[Integer, Field(ge=0, le=1_000_000_000)]
    period_start: Seconds
    period_end: Seconds
    metadata: StripeMetadata


class StripeData(Given):
    """What the event is about."""

    object: Annotated[StripeSubscription | StripeInvoice, Field(discriminator="object")]


class StripeEvent(Given):
    """Something that happened at the provider."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "evt_1Pq7Zk2eZvKYlo2C",
                    "object": "event",
                    "type": "customer.subscription.updated",
                    "created": 1767225600,
                    "data": {
                        "object": {
                            "id": "sub_1Pq7Zj2eZvKYlo2C",
                            "object": "subscription",
                            "status": "active",
                            "cancel_at_period_end": False,
                            "current_period_start": 1767225600,
                            "current_period_end": 1769817600,
                            "plan": "pro",
                            "quantity": 3,
                            "metadata": {
                                "tenant_id": "6a2d6f0e-0c53-4c1a-9d5d-2f7f7d1f5a01",
                                "subscription_id": "f2b0a7b2-8a5e-4c38-8c77-31b5b7a4d902",
                            },
                        }
                    },
                }
            ]
        },
    )

    id: Annotated[str, Field(max_length=64, pattern=r"^evt_[A-Za-z0-9]+$")]
    object: Literal["event"]
    type: StripeEventType
    created: Seconds
    data: StripeData


class StripeReceipt(Shown):
    """It has arrived; whether it changed anything, and whether it had arrived before."""

    received: Literal[True]
    applied: bool
    duplicate: bool
