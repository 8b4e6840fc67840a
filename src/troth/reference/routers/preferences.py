"""What the caller has consented to, and wants to hear of."""

from troth.reference.domain import preferences
from troth.reference.domain.access import CallerHere
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import preferences as shapes

routes = Routes("/api/v1/users", "users", "The people of the caller's tenant.")


@routes.operation(
    "POST", "/consents", "giveConsent", "Consent to a policy", access="everyone", status=201
)
def consent(body: shapes.NewConsent, caller: CallerHere, platform: Here) -> shapes.ConsentGiven:
    """Records it; the same policy and version again is the same consent, as old as it was."""
    return preferences.consent(platform, caller, body)


@routes.operation("GET", "/consents", "listConsents", "My consents", access="everyone")
def consented(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.ConsentPage:
    """In the order they were given."""
    return preferences.consented(platform, caller, span)


@routes.operation(
    "PUT",
    "/notification-preferences",
    "setNotificationPreference",
    "Say whether to hear of something",
    access="everyone",
)
def prefer(
    body: shapes.NewPreference, caller: CallerHere, platform: Here
) -> shapes.PreferenceShown:
    """One category by one channel; what was said of it before no longer counts."""
    return preferences.prefer(platform, caller, body)


@routes.operation(
    "GET",
    "/notification-preferences",
    "listNotificationPreferences",
    "What I want to hear of",
    access="everyone",
)
def preferred(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.PreferencePage:
    """What the caller has said, in the order it was first said."""
    return preferences.preferred(platform, caller, span)
