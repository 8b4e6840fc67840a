"""Subscriptions to incidents: begun by anybody, and silent until their target has confirmed."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain.access import take
from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.schemas.status_subscriptions import (
    Channel,
    EmailTarget,
    Left,
    NewStatusSubscription,
    StatusSubscriptionShown,
    SubscriptionConfirmed,
    SubscriptionListed,
    SubscriptionPage,
)
from troth.reference.storage import status_subscriptions
from troth.reference.storage.pages import Span, page
from troth.reference.storage.status_subscriptions import StatusSubscription
from troth.reference.storage.tables import now
from troth.reference.trace import Trace

_VALID = timedelta(hours=24)
_FIXTURES: dict[Channel, str] = {
    "email": "fixture@acme.test",
    "webhook": "https://hooks.acme.test/status",
}


def begin(
    platform: Platform, trace: Trace, address: str, new: NewStatusSubscription
) -> StatusSubscriptionShown:
    """A new subscription; whether the target has one already is not to be seen.

    Its token is for the target alone, so it is not in the answer. Nothing here delivers it.
    """
    take(platform, trace, f"status:{_digest(address)}", platform.settings.auth_rate_limit)
    target = new.target
    to = target.email if isinstance(target, EmailTarget) else target.url
    with platform.database.write() as db:
        row, _ = _begun(db, target.channel, to)
        return _shown(row)


def begin_for_test(platform: Platform, channel: Channel) -> tuple[str, str]:
    """A new subscription's id, and the token that its target would have been sent."""
    with platform.database.write() as db:
        row, token = _begun(db, channel, _FIXTURES[channel])
        return row.id, token


def confirm(platform: Platform, channel: Channel, token: str) -> SubscriptionConfirmed:
    """Spend the token of a subscription by that channel; ProblemError 404 for any other token."""
    leaving = _token()
    with platform.database.write() as db:
        row = status_subscriptions.confirm(db, channel, _digest(token), _digest(leaving))
        if row is None:
            raise unknown()
        return SubscriptionConfirmed(**dict(_shown(row)), unsubscribe_token=leaving)


def leave(platform: Platform, token: str) -> Left:
    """End the subscription that the token is of."""
    with platform.database.write() as db:
        gone = status_subscriptions.leave(db, _digest(token))
    if gone is None:
        raise unknown()
    return Left(subscription_id=gone, unsubscribed=True)


def pages(platform: Platform, span: Span) -> SubscriptionPage:
    """All subscriptions; whoever asks has been found to manage them."""
    with platform.database.read() as db:
        rows = page(db, StatusSubscription, status_subscriptions.everyone(), span)
        counts = status_subscriptions.notice_counts(db, [row.id for row in rows.items])
    return SubscriptionPage(
        items=[
            SubscriptionListed(**dict(_shown(row)), notices=counts.get(row.id, 0))
            for row in rows.items
        ],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def remove(platform: Platform, subscription_id: str) -> None:
    """End one subscription."""
    with platform.database.write() as db:
        if status_subscriptions.remove(db, subscription_id) is None:
            raise unknown()


def _begun(db: Session, channel: Channel, target: str) -> tuple[StatusSubscription, str]:
    token = _token()
    row = StatusSubscription(
        channel=channel,
        target=target,
        token_digest=_digest(token),
        token_expires_at=now() + _VALID,
    )
    db.add(row)
    db.flush()
    return row, token


def _token() -> str:
    return secrets.token_urlsafe(32)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _shown(row: StatusSubscription) -> StatusSubscriptionShown:
    return StatusSubscriptionShown(
        id=row.id,
        channel=cast("Channel", row.channel),
        target=row.target,
        state="unverified" if row.confirmed_at is None else "active",
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
    )
