"""People made for a test of billing, and what it needs to act as them."""

from troth.reference.fields import Id, Shown, Token


class BilledAccount(Shown):
    """The owner of a new tenant that has a live subscription, logged in."""

    tenant_id: Id
    user_id: Id
    subscription_id: Id
    access_token: Token
