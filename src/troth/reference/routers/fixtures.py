"""Worlds for tests, mounted only where the settings ask for it."""

from fastapi import Response

from troth.reference.domain import fixtures
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.fixtures import Applied, Fixtures

routes = Routes("/api/v1/test-fixtures", "test-fixtures")


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
