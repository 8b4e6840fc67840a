"""People made for a test of billing, where the settings ask for it."""

from typing import Annotated

from fastapi import Query

from troth.reference.domain import billed
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.billing_fixtures import Begun, BilledAccount

InState = Annotated[Begun, Query(description="The state that it is in.")]
routes = Routes("/api/v1/test-fixtures", "test-fixtures", "Worlds for tests.")


@routes.operation(
    "POST",
    "/billed-account",
    "createBilledAccount",
    "Make a subscriber to be thrown away",
    access="public",
    status=201,
)
def account(platform: Here, state: InState = "active") -> BilledAccount:
    """The owner of a new tenant with a live subscription: ending it is felt by nobody else."""
    return billed.account(platform, state)
