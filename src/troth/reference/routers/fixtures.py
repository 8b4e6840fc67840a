"""Worlds for tests, mounted only where the settings ask for it."""

from fastapi import Response

from troth.reference.domain import fixture_tokens, fixtures
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.credentials import AddressGiven, FixtureToken
from troth.reference.schemas.fixtures import Applied, Fixtures

routes = Routes("/api/v1/test-fixtures", "test-fixtures", "Worlds for tests.")


@routes.operation(
    "POST",
    "/apply",
    "applyFixtures",
    "Put a world in place",
    access="public",
    errors={409: "A tenant or user of that key exists, and was not made by fixtures."},
    also={201: "Something of it was new."},
)
def apply(body: Fixtures, platform: Here, response: Response) -> Applied:
    """Idempotent: the same keys are the same things; what is there stays."""
    applied = fixtures.apply(platform, body)
    response.status_code = 201 if applied.created else 200
    return applied


@routes.operation(
    "POST",
    "/email-verification-token",
    "createEmailVerificationToken",
    "What a letter to prove an address would carry",
    access="public",
    status=201,
    errors={404: "Neither fixtures nor the seed made such an active user."},
)
def verification_token(body: AddressGiven, platform: Here) -> FixtureToken:
    """A fresh token, which replaces the one before."""
    return fixture_tokens.to_verify(platform, body.email)


@routes.operation(
    "POST",
    "/password-reset-token",
    "createPasswordResetToken",
    "What a letter to set a new password would carry",
    access="public",
    status=201,
    errors={404: "Fixtures made no such active user."},
)
def reset_token(body: AddressGiven, platform: Here) -> FixtureToken:
    """A fresh token, which replaces the one before; seeded users keep their passwords."""
    return fixture_tokens.to_reset(platform, body.email)
