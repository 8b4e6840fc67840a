"""People made for a test of billing, and what it needs to act as them."""

from typing import Literal

from troth.reference.fields import Id, Shown, Token

Begun = Literal["trialing", "active", "past_due"]
"""The states that a subscription can be begun in, for a test."""


class BilledAccount(Shown):
    """The owner of a new tenant that has a live subscription, logged in."""

    tenant_id: Id
    user_id: Id
    subscription_id: Id
    access_token: Token
