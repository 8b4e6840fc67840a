"""Subscriptions to incidents: anybody's to begin and end, operators' to see."""

from fastapi import Request, Response

from troth.reference.domain import status_subscriptions
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.status_subscriptions import (
    Challenge,
    Leaving,
    Left,
    NewStatusSubscription,
    StatusSubscriptionShown,
    StatusVerification,
    SubscriptionConfirmed,
    SubscriptionPage,
)
from troth.reference.trace import trace_of

routes = Routes("/api/v1/status/subscriptions", "status")
_NO_TOKEN = {404: "There is no such token, or it was used, or it has expired."}


@routes.operation(
    "POST",
    "",
    "subscribeToStatus",
    "Be told of incidents",
    access="public",
    status=201,
    errors={429: "Too many subscriptions from this address."},
    counted=(201, 429),
    links={"deleteStatusSubscription": {"subscription_id": "$response.body#/id"}},
)
def begin(body: NewStatusSubscription, request: Request, platform: Here) -> StatusSubscriptionShown:
    """The target is sent a token, and told of nothing else until that has come back."""
    address = request.client.host if request.client else "unknown"
    return status_subscriptions.begin(platform, trace_of(request.scope), address, body)


@routes.operation(
    "POST",
    "/verify",
    "verifyStatusSubscription",
    "Confirm a subscription by mail",
    access="public",
    errors=_NO_TOKEN,
    links={"deleteStatusSubscription": {"subscription_id": "$response.body#/id"}},
)
def verify(body: StatusVerification, platform: Here) -> SubscriptionConfirmed:
    """Takes the token of the mail, once."""
    return status_subscriptions.confirm(platform, "email", body.verification_token)


@routes.operation(
    "POST",
    "/challenge",
    "answerStatusChallenge",
    "Confirm a subscription by webhook",
    access="public",
    errors=_NO_TOKEN,
    links={"deleteStatusSubscription": {"subscription_id": "$response.body#/id"}},
)
def challenge(body: Challenge, platform: Here) -> SubscriptionConfirmed:
    """Takes the token that the webhook was sent, once."""
    return status_subscriptions.confirm(platform, "webhook", body.challenge_token)


@routes.operation(
    "POST",
    "/unsubscribe",
    "unsubscribeFromStatus",
    "Be told of incidents no more",
    access="public",
    errors={404: "There is no such token, or its subscription has ended."},
)
def leave(body: Leaving, platform: Here) -> Left:
    """Takes the token that came with the confirmation, once."""
    return status_subscriptions.leave(platform, body.unsubscribe_token)


@routes.operation(
    "GET",
    "",
    "listStatusSubscriptions",
    "All subscriptions",
    access="everyone",
    scope="status:manage",
)
def pages(platform: Here, span: SpanHere) -> SubscriptionPage:
    """In the order they were begun."""
    return status_subscriptions.pages(platform, span)


@routes.operation(
    "DELETE",
    "/{subscription_id}",
    "deleteStatusSubscription",
    "End a subscription",
    access="everyone",
    scope="status:manage",
    status=204,
    errors={404: "There is no such subscription."},
    response_class=Response,
)
def remove(subscription_id: PathId, platform: Here) -> None:
    """For operators; subscribers end theirs by its token, at `/unsubscribe`."""
    status_subscriptions.remove(platform, subscription_id)
