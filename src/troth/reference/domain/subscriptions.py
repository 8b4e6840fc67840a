"""The life of a subscription: a table of guarded moves, each one conditional UPDATE."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from troth.reference.domain.plans import PERIOD, PLANS
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import billing as shapes
from troth.reference.storage import billing
from troth.reference.storage.billing import BillingEvent, Invoice, Subscription
from troth.reference.storage.tables import now

Step = Literal["change", "stop", "resume", "cancel"]
Guard = Literal["always", "in trial", "after trial"]
FIRST = "subscription_create"
"""The reference of the invoice that a subscription begins with."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step that the tenant may take; what is not in the table is refused with 409."""

    step: Step
    source: shapes.SubscriptionState
    target: shapes.SubscriptionState
    guard: Guard = "always"


MOVES = (
    Move("change", "trialing", "trialing"),
    Move("change", "active", "active"),
    Move("stop", "trialing", "cancel_at_period_end"),
    Move("stop", "active", "cancel_at_period_end"),
    Move("resume", "cancel_at_period_end", "trialing", "in trial"),
    Move("resume", "cancel_at_period_end", "active", "after trial"),
    Move("cancel", "trialing", "canceled"),
    Move("cancel", "active", "canceled"),
    Move("cancel", "past_due", "canceled"),
    Move("cancel", "cancel_at_period_end", "canceled"),
)
_SAID: dict[Step, shapes.BillingEventType] = {
    "change": "subscription.changed",
    "stop": "subscription.renewal_stopped",
    "resume": "subscription.resumed",
    "cancel": "subscription.canceled",
}


def target(row: Subscription, step: Step, state: str) -> shapes.SubscriptionState:
    """Where `step` leads from `state`; ProblemError 409 where it does not."""
    in_trial = row.trial_end is not None and row.trial_end > now()
    holds: dict[Guard, bool] = {
        "always": True,
        "in trial": in_trial,
        "after trial": not in_trial,
    }
    for move in MOVES:
        if (move.step, move.source) == (step, state) and holds[move.guard]:
            return move.target
    raise ProblemError(409, f"The subscription is {state}.")


def begin(db: Session, tenant_id: str, new: shapes.NewSubscription) -> BillingEvent:
    """Start one, with its first invoice unless it is on trial; IntegrityError if one is live."""
    plan, moment = PLANS[new.plan], now()
    trial = timedelta(days=plan.trial_days)
    tried = not new.trial or not trial or billing.latest(db, tenant_id) is not None
    row = Subscription(
        tenant_id=tenant_id,
        plan=new.plan,
        quantity=new.quantity,
        state="active" if tried else "trialing",
        period_start=moment,
        period_end=moment + (PERIOD if tried else trial),
        trial_end=None if tried else moment + trial,
    )
    db.add(row)
    db.flush()
    if tried:
        db.add(
            Invoice(
                tenant_id=tenant_id,
                subscription_id=row.id,
                reference=FIRST,
                status="open",
                currency=plan.currency,
                amount_minor=plan.price_minor * new.quantity,
                period_start=row.period_start,
                period_end=row.period_end,
            )
        )
    return billing.note(db, row, "subscription.started")


def start(
    platform: Platform, tenant_id: str, new: shapes.NewSubscription
) -> shapes.SubscriptionShown:
    """Subscribe; 409 while a subscription is live."""
    try:
        with platform.database.write() as db:
            event = begin(db, tenant_id, new)
            found = shown(_owned(billing.latest(db, tenant_id)))
    except IntegrityError:
        raise ProblemError(409, "There is a live subscription already.") from None
    publish(platform, event)
    return found


def current(platform: Platform, tenant_id: str) -> shapes.SubscriptionShown:
    """The live subscription, or the one that ended last."""
    with platform.database.read() as db:
        return shown(_owned(billing.latest(db, tenant_id)))


def change(
    platform: Platform, tenant_id: str, new: shapes.SubscriptionChange
) -> shapes.SubscriptionShown:
    """Take the steps that lead to what is wanted, all or none."""
    changed = new.model_dump(include={"plan", "quantity"}, exclude_none=True)
    with platform.database.write() as db:
        row = _owned(billing.latest(db, tenant_id, lock=True))
        steps: list[Step] = []
        if new.auto_renew is True and row.state == "cancel_at_period_end":
            steps.append("resume")
        if changed:
            steps.append("change")
        if new.auto_renew is False and row.state != "cancel_at_period_end":
            steps.append("stop")
        if not steps:
            if row.state == billing.ENDED:
                raise ProblemError(409, f"The subscription is {row.state}.")
            return shown(row)
        events = _take(db, row, steps, changed)
        found = shown(_owned(billing.latest(db, tenant_id)))
    publish(platform, *events)
    return found


def cancel(
    platform: Platform, tenant_id: str, given: shapes.Cancellation
) -> shapes.SubscriptionShown:
    """End it now, or let it run out."""
    at_once = given.when == "immediately"
    values = {"canceled_at": now(), "ended_by_tenant": True} if at_once else {}
    with platform.database.write() as db:
        row = _owned(billing.latest(db, tenant_id, lock=True))
        events = _take(db, row, ["cancel" if at_once else "stop"], values)
        found = shown(_owned(billing.latest(db, tenant_id)))
    publish(platform, *events)
    return found


def _owned(row: Subscription | None) -> Subscription:
    if row is None:
        raise unknown()
    return row


def _take(
    db: Session, row: Subscription, steps: list[Step], values: dict[str, Any]
) -> list[BillingEvent]:
    state: str = row.state
    for step in steps:
        state = target(row, step, state)
    # Whole seconds, as the provider counts: what it says of a time before is out of date.
    moment = now().replace(microsecond=0)
    if row.stamp is None or row.stamp < moment:
        values = {"stamp": moment, "stamp_event": "", **values}
    moved = billing.move(db, row, {"state": state, **values})
    if moved is None:
        raise ProblemError(409, "The subscription has just been changed.")
    return [billing.note(db, moved, _SAID[step]) for step in steps]


def publish(platform: Platform, *events: BillingEvent) -> None:
    """Tell whoever listens to the tenant's billing; after the commit."""
    for event in events:
        told = event_shown(event).model_dump(mode="json")
        platform.bus.publish(f"billing:{event.tenant_id}", told)


def event_shown(row: BillingEvent) -> shapes.BillingEventShown:
    """An event, for its tenant."""
    return shapes.BillingEventShown(
        id=row.id,
        type=cast("shapes.BillingEventType", row.type),
        subscription_id=row.subscription_id,
        status=cast("shapes.SubscriptionState", row.state),
        provider_event=row.provider_event,
        created_at=row.created_at,
    )


def shown(row: Subscription) -> shapes.SubscriptionShown:
    """A subscription, for its tenant."""
    return shapes.SubscriptionShown(
        id=row.id,
        tenant_id=row.tenant_id,
        plan=cast("shapes.PlanCode", row.plan),
        quantity=row.quantity,
        status=cast("shapes.SubscriptionState", row.state),
        auto_renew=row.state not in ("cancel_at_period_end", billing.ENDED),
        current_period_start=row.period_start,
        current_period_end=row.period_end,
        trial_end=row.trial_end,
        canceled_at=row.canceled_at,
        created_at=row.created_at,
    )
