"""The tokens that subscribers are sent, for tests; mounted only where the settings ask for it."""

from troth.reference.domain import status_subscriptions
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.status_subscriptions import ChallengeMade, VerificationMade

routes = Routes("/api/v1/test-fixtures", "test-fixtures", "Worlds for tests.")
_LINKS = {"deleteStatusSubscription": {"subscription_id": "$response.body#/subscription_id"}}


@routes.operation(
    "POST",
    "/status-subscription-token",
    "makeStatusSubscriptionToken",
    "The token of a new subscription by mail",
    access="public",
    status=201,
    links=_LINKS,
)
def verification(platform: Here) -> VerificationMade:
    """What its mail would hold."""
    id_, token = status_subscriptions.begin_for_test(platform, "email")
    return VerificationMade(subscription_id=id_, verification_token=token)


@routes.operation(
    "POST",
    "/status-challenge-token",
    "makeStatusChallengeToken",
    "The token of a new subscription by webhook",
    access="public",
    status=201,
    links=_LINKS,
)
def challenge(platform: Here) -> ChallengeMade:
    """What its webhook would be sent."""
    id_, token = status_subscriptions.begin_for_test(platform, "webhook")
    return ChallengeMade(subscription_id=id_, challenge_token=token)
