"""Subscriptions to incidents."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Email, Given, Id, Shown, Token

_SENT = "the-token-as-it-was-sent"
Channel = Literal["email", "webhook"]
Count = Annotated[int, Field(ge=0)]
WebhookUrl = Annotated[
    str, Field(min_length=10, max_length=300, pattern=r"^https://[a-z0-9][a-z0-9./_-]*$")
]


class EmailTarget(Given):
    """Told by mail."""

    channel: Literal["email"]
    email: Email


class WebhookTarget(Given):
    """Told by a request."""

    channel: Literal["webhook"]
    url: WebhookUrl


class NewStatusSubscription(Given):
    """Who is to be told, and how."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"target": {"channel": "email", "email": "ops@acme.test"}}]
        },
    )

    target: Annotated[EmailTarget | WebhookTarget, Field(discriminator="channel")]


class StatusVerification(Given):
    """The token of a mail."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"verification_token": _SENT}]},
    )

    verification_token: Token


class Challenge(Given):
    """The token that a webhook was sent."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"challenge_token": _SENT}]}
    )

    challenge_token: Token


class Leaving(Given):
    """The token that a confirmed subscription is ended with."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"unsubscribe_token": _SENT}]}
    )

    unsubscribe_token: Token


class StatusSubscriptionShown(Shown):
    """A subscription."""

    id: Id
    channel: Channel
    target: str
    state: Literal["unverified", "active"]
    created_at: datetime
    confirmed_at: datetime | None


class SubscriptionConfirmed(StatusSubscriptionShown):
    """A subscription from now on, and the token that ends it, which is shown this once."""

    unsubscribe_token: str


class SubscriptionListed(StatusSubscriptionShown):
    """A subscription, and how often it was told."""

    notices: Count


class SubscriptionPage(Shown):
    """A page of subscriptions."""

    items: list[SubscriptionListed]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class Left(Shown):
    """Which subscription is no more."""

    subscription_id: Id
    unsubscribed: bool


class VerificationMade(Shown):
    """What a new subscriber by mail would have been sent."""

    subscription_id: Id
    verification_token: str


class ChallengeMade(Shown):
    """What a new subscriber by webhook would have been sent."""

    subscription_id: Id
    challenge_token: str
