"""Subscriptions that are there already: of the seed's tenants, and of people made for a test."""

from datetime import timedelta

from sqlalchemy.orm import Session

from troth.reference.domain.subscriptions import begin
from troth.reference.passwords import unusable
from troth.reference.platform import Platform
from troth.reference.schemas.billing import NewSubscription
from troth.reference.schemas.billing_fixtures import Begun, BilledAccount
from troth.reference.storage import billing, sessions, tenants
from troth.reference.storage.tables import Tenant, User, new_id, now

_NEW = NewSubscription(plan="pro", quantity=3)


def plant(platform: Platform, db: Session) -> None:
    """The seed's tenants have subscribed; whoever has cancelled since has not again."""
    for slug in ("acme", "globex") if platform.settings.billing else ():
        tenant = tenants.by_slug(db, slug)
        if tenant is not None and billing.latest(db, tenant.id) is None:
            begin(db, tenant.id, _NEW)


def account(platform: Platform, state: Begun) -> BilledAccount:
    """The owner of a new tenant with a live subscription in that state, logged in."""
    slug = f"billed-{new_id().replace('-', '')[:20]}"
    with platform.database.write() as db:
        tenant = Tenant(slug=slug, name="Throw-away", origin="fixture")
        db.add(tenant)
        db.flush()
        user = User(
            tenant_id=tenant.id,
            email=f"owner@{slug}.test",
            display_name="Throw-away",
            role="owner",
            password_hash=unusable(),
            origin="fixture",
        )
        db.add(user)
        db.flush()
        event = begin(db, tenant.id, _NEW.model_copy(update={"trial": state == "trialing"}))
        if state == "past_due":
            row = billing.latest(db, tenant.id)
            assert row is not None
            billing.move(db, row, {"state": state})
        ttl = timedelta(seconds=platform.settings.access_ttl)
        session = sessions.start(db, user.id, now() + ttl)
        token, _ = platform.signer.sign("access", user, tenant, session.id)
    return BilledAccount(
        tenant_id=tenant.id,
        user_id=user.id,
        subscription_id=event.subscription_id,
        access_token=token,
    )
