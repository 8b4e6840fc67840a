"""People made for one test: each alone in a new tenant, so that nobody else feels it."""

import secrets

from sqlalchemy.orm import Session

from troth.reference.domain import auth, mfa
from troth.reference.passwords import hashed, unusable
from troth.reference.platform import Platform
from troth.reference.schemas.throwaways import Account, Challenged, Enrolling
from troth.reference.storage.tables import Tenant, User, new_id, now


def account(platform: Platform) -> Account:
    """Someone new, logged in."""
    password = secrets.token_urlsafe(18)
    stored = hashed(password)  # slow, and so outside the write
    with platform.database.write() as db:
        tenant, user = _someone(db, stored)
        tokens = auth.begin(platform, db, user, tenant)
    return Account(
        user_id=user.id,
        tenant_id=tenant.id,
        email=user.email,
        password=password,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        session_id=tokens.session_id,
    )


def enrolling(platform: Platform) -> Enrolling:
    """Someone new, logged in, with an authenticator that waits for its first code."""
    with platform.database.write() as db:
        tenant, user = _someone(db, unusable())
        tokens = auth.begin(platform, db, user, tenant)
        method, secret = mfa.plant(platform, db, user.id, "Throw-away")
    return Enrolling(
        user_id=user.id,
        access_token=tokens.access_token,
        method_id=method.id,
        secret=secret,
    )


def challenged(platform: Platform) -> Challenged:
    """Someone new with a second factor, whose login waits for it."""
    with platform.database.write() as db:
        _, user = _someone(db, unusable())
        method, secret = mfa.plant(platform, db, user.id, "Throw-away")
        method.state, method.activated_at = "active", now()
        challenge = mfa.challenge(platform, db, user.id)
    return Challenged(
        user_id=user.id,
        method_id=method.id,
        secret=secret,
        challenge_token=challenge.challenge_token,
        expires_in=challenge.expires_in,
    )


def _someone(db: Session, stored: str) -> tuple[Tenant, User]:
    slug = f"throwaway-{new_id().replace('-', '')[:20]}"
    tenant = Tenant(slug=slug, name="Throw-away", origin="fixture")
    db.add(tenant)
    db.flush()
    user = User(
        tenant_id=tenant.id,
        email=f"{new_id()}@{slug}.test",
        display_name="Throw-away",
        role="owner",
        password_hash=stored,
        origin="fixture",
    )
    db.add(user)
    db.flush()
    return tenant, user
