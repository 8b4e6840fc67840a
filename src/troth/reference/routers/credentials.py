"""Proving an address, and setting passwords."""

from troth.reference.domain import credentials, verification
from troth.reference.domain.access import CallerHere
from troth.reference.domain.public_forms import SenderHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import credentials as shapes
from troth.reference.schemas.done import Done

routes = Routes("/api/v1/auth", "auth")
_TOO_MANY = {429: "Too many of these for this address."}
_DEAD = {404: "The token is unknown, used, replaced by a later one, or has run out."}


@routes.operation(
    "POST",
    "/email/send",
    "sendVerificationEmail",
    "Send me a letter to prove my address",
    access="public",
    status=202,
    errors=_TOO_MANY,
    counted=(202, 429),
)
def send(body: shapes.AddressGiven, sender: SenderHere, platform: Here) -> Done:
    """Answers alike, whether there is such an account or not."""
    return verification.send(platform, sender, body)


@routes.operation(
    "POST", "/email/verify", "verifyEmail", "Prove my address", access="public", errors=_DEAD
)
def verify(body: shapes.EmailVerification, platform: Here) -> Done:
    """Takes the token of the latest letter, once."""
    return verification.verify(platform, body.token)


@routes.operation(
    "POST",
    "/password/forgot",
    "forgotPassword",
    "Send me a letter to set a new password",
    access="public",
    status=202,
    errors=_TOO_MANY,
    counted=(202, 429),
)
def forgot(body: shapes.AddressGiven, sender: SenderHere, platform: Here) -> Done:
    """Answers alike, whether there is such an account or not."""
    return credentials.forgot(platform, sender, body)


@routes.operation(
    "POST",
    "/password/confirm",
    "confirmPasswordReset",
    "Set a new password by a letter's token",
    access="public",
    errors=_DEAD,
)
def confirm(body: shapes.PasswordConfirmation, platform: Here) -> Done:
    """Takes the token of the latest letter, once; all sessions end."""
    return credentials.confirm(platform, body)


@routes.operation(
    "POST",
    "/password/change",
    "changePassword",
    "Change my password",
    access="everyone",
    errors={
        403: "The current password is not right.",
        409: "It is the password already, or was changed meanwhile.",
    },
)
def change(
    body: shapes.PasswordChange, caller: CallerHere, sender: SenderHere, platform: Here
) -> shapes.PasswordSet:
    """All other sessions end."""
    return credentials.change(platform, sender, caller, body)


@routes.operation(
    "POST",
    "/password/reset",
    "resetPassword",
    "Set the password of someone of my tenant",
    access="admins",
    scope="support:read",
    errors={404: "Your tenant has no such user.", 409: "You cannot do this to yourself."},
)
def reset(body: shapes.PasswordReset, caller: CallerHere, platform: Here) -> shapes.PasswordSet:
    """All sessions of theirs end. Nobody above oneself: 403."""
    return credentials.reset(platform, caller, body)
