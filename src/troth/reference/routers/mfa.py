"""The caller's second factors, and logging in with one."""

from fastapi import Request

from troth.reference.domain import challenges, mfa
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import mfa as shapes
from troth.reference.schemas.auth import Tokens
from troth.reference.schemas.done import DONE, Done
from troth.reference.trace import trace_of

routes = Routes("/api/v1/auth/mfa", "mfa", "The caller's second factors.")
_UNKNOWN = {404: "You have no such method."}
_REFUSED = {409: f"{mfa.ACTIVE_ALREADY} Or: {mfa.WRONG}"}


@routes.operation("GET", "", "listMfaMethods", "My second factors", access="everyone")
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.MethodPage:
    """Active ones, and those that wait for their first code."""
    return mfa.pages(platform, caller, span)


@routes.operation(
    "POST",
    "/totp/enroll",
    "enrollTotp",
    "Enroll an authenticator",
    access="everyone",
    status=201,
    headers=("Cache-Control",),
    links={"removeMfaMethod": {"method_id": "$response.body#/method_id"}},
)
def enroll(body: shapes.NewMethod, caller: CallerHere, platform: Here) -> shapes.Enrolled:
    """Shows its secret, once; it counts when a first code of it was verified."""
    return mfa.enroll(platform, caller, body)


@routes.operation(
    "POST",
    "/totp/verify",
    "verifyTotp",
    "Prove an authenticator",
    access="everyone",
    errors=_UNKNOWN | _REFUSED,
)
def verify(body: shapes.Proof, caller: CallerHere, platform: Here) -> Done:
    """From now on a login needs it. The fifth wrong code removes a method that is pending."""
    mfa.verify(platform, caller, body)
    return DONE


@routes.operation(
    "DELETE",
    "/{method_id}",
    "removeMfaMethod",
    "Remove a second factor",
    access="everyone",
    errors=_UNKNOWN,
)
def remove(method_id: PathId, caller: CallerHere, platform: Here) -> Done:
    """It counts no more; with the last active one go the recovery codes."""
    mfa.remove(platform, caller, method_id)
    return DONE


@routes.operation(
    "POST",
    "/recovery/regenerate",
    "regenerateRecoveryCodes",
    "Replace my recovery codes",
    access="everyone",
    headers=("Cache-Control",),
)
def regenerate(caller: CallerHere, platform: Here) -> shapes.RecoveryCodes:
    """Shows ten codes, once, each good for one login; those before count no more."""
    return mfa.regenerate(platform, caller)


@routes.operation(
    "POST",
    "/complete",
    "completeMfa",
    "Log in with a second factor",
    access="public",
    headers=("Cache-Control",),
    errors={
        401: "The challenge and the code are not valid.",
        429: "Too many wrong codes for this user.",
    },
    links={"endSession": {"session_id": "$response.body#/session_id"}},
)
def complete(body: shapes.Completion, request: Request, platform: Here) -> Tokens:
    """Exchanges a challenge and a code for a session; a challenge takes five attempts."""
    return challenges.complete(platform, trace_of(request.scope), body)
