"""Takes in what the payment provider tells: signed, each event once, in whatever order.

An event has its object whole, so the newest that was told of an object is what holds, and any
order of deliveries comes to the same: of a subscription and of each invoice the latest
`(created, id)` wins, and nothing is newer than a subscription's end.
"""

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from troth.reference.domain.subscriptions import FIRST, publish
from troth.reference.platform import Platform
from troth.reference.schemas.stripe import (
    StripeEvent,
    StripeInvoice,
    StripeReceipt,
    StripeSubscription,
)
from troth.reference.storage import billing
from troth.reference.storage.billing import BillingEvent, Delivery, Subscription

TOLERANCE = 300
"""Seconds that a signature's time may be away from ours."""


def signature(secret: str, moment: str, body: bytes) -> str:
    """What signs `body` at `moment`, in hex."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, sha256).hexdigest()


def genuine(secret: str, header: str, body: bytes, moment: float) -> bool:
    """Whether `header` (`t=…,v1=…`) signs these bytes, and did so lately."""
    pairs = [piece.strip().partition("=") for piece in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) < 12):
        return False
    # While a secret is rolled there are several; each is compared in constant time.
    expected = signature(secret, times[0], body).encode()
    given = [value.encode("utf-8", "replace") for name, _, value in pairs if name == "v1"]
    matches = [hmac.compare_digest(expected, each) for each in given]
    return any(matches) and abs(moment - int(times[0])) <= TOLERANCE


def receive(platform: Platform, event: StripeEvent) -> StripeReceipt:
    """Note the event, and apply it where it is about something of ours and newer than we know."""
    thing = event.data.object
    told: BillingEvent | None = None
    try:
        with platform.database.write() as db:
            delivery = Delivery(
                event_id=event.id,
                type=event.type,
                created=_moment(event.created),
                subscription_id=thing.metadata.subscription_id,
            )
            db.add(delivery)
            db.flush()  # of two deliveries of one event the second stops here
            row = billing.one(db, thing.metadata.tenant_id, thing.metadata.subscription_id)
            if row is not None:
                delivery.applied = _fits(event) and _apply(db, row, event)
                type_ = "provider.applied" if delivery.applied else "provider.ignored"
                told = billing.note(db, row, type_, event.id)
            applied = delivery.applied
    except IntegrityError:
        return StripeReceipt(received=True, applied=False, duplicate=True)
    if told is not None:
        publish(platform, told)
    return StripeReceipt(received=True, applied=applied, duplicate=False)


def _fits(event: StripeEvent) -> bool:
    """Whether the event is about what its type says, and its period does not end before it began.

    One that does not is taken, so that it is not sent again and again, and changes nothing.
    """
    thing = event.data.object
    if isinstance(thing, StripeInvoice):
        return event.type.startswith("invoice.") and thing.period_start <= thing.period_end
    ends = event.type == "customer.subscription.deleted"
    return (
        event.type.startswith("customer.subscription.")
        and thing.current_period_start <= thing.current_period_end
        and (not ends or thing.status == billing.ENDED)
    )


def _apply(db: Session, row: Subscription, event: StripeEvent) -> bool:
    thing, stamp = event.data.object, _moment(event.created)
    if isinstance(thing, StripeSubscription):
        values = _subscription(thing, stamp)
        return billing.overwrite(db, row, stamp, event.id, values) is not None
    reference = FIRST if thing.billing_reason == FIRST else thing.id
    return billing.overwrite_invoice(
        db, row, reference, stamp=stamp, event_id=event.id, values=_invoice(thing)
    )


def _subscription(thing: StripeSubscription, stamp: datetime) -> dict[str, Any]:
    state: str = thing.status
    ended = state == billing.ENDED
    if thing.cancel_at_period_end and state in ("trialing", "active"):
        state = "cancel_at_period_end"
    return {
        "state": state,
        "plan": thing.plan,
        "quantity": thing.quantity,
        "period_start": _moment(thing.current_period_start),
        "period_end": _moment(thing.current_period_end),
        "canceled_at": stamp if ended else None,
    }


def _invoice(thing: StripeInvoice) -> dict[str, Any]:
    return {
        "provider_id": thing.id,
        "status": thing.status,
        "currency": thing.currency.upper(),
        "amount_minor": thing.amount_due,
        "period_start": _moment(thing.period_start),
        "period_end": _moment(thing.period_end),
    }


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
