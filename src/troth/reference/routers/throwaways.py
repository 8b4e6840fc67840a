"""People made for one test, where the settings ask for it."""

from troth.reference.domain import throwaways
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.throwaways import Account, Challenged, Enrolling

routes = Routes("/api/v1/test-fixtures", "test-fixtures", "Worlds for tests.")


@routes.operation(
    "POST",
    "/account",
    "createAccount",
    "Make someone to be thrown away",
    access="public",
    status=201,
    headers=("Cache-Control",),
)
def account(platform: Here) -> Account:
    """The owner of a new tenant, logged in; what is done to them is felt by nobody else."""
    return throwaways.account(platform)


@routes.operation(
    "POST",
    "/mfa-method",
    "createPendingMethod",
    "Make someone with an authenticator to be proven",
    access="public",
    status=201,
    headers=("Cache-Control",),
)
def method(platform: Here) -> Enrolling:
    """Whose token and authenticator belong together, in one answer."""
    return throwaways.enrolling(platform)


@routes.operation(
    "POST",
    "/mfa-challenge",
    "createMfaChallenge",
    "Make a login that waits for its second factor",
    access="public",
    status=201,
    headers=("Cache-Control",),
)
def challenge(platform: Here) -> Challenged:
    """Of someone new each time: a code of a method is accepted once."""
    return throwaways.challenged(platform)
