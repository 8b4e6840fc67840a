"""Getting in: the policy, registration, requests for access, invites."""

from typing import Annotated

from fastapi import Query

from troth.reference.domain import invites, registration, signup
from troth.reference.domain.access import CallerHere
from troth.reference.domain.public_forms import SenderHere
from troth.reference.fields import NotNull, PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import accounts as shapes

routes = Routes("/api/v1/auth", "auth")
_TOO_MANY = {429: "Too many of these for this address."}
_UNDECIDED = {404: "There is no such request.", 409: "It was decided, or its address is taken."}
_ITS = {
    name: {"request_id": "$response.body#/request_id"}
    for name in ("approveSignupRequest", "rejectSignupRequest")
}
_Status = Annotated[shapes.RequestStatus | None, NotNull(), Query(description="Only these.")]


@routes.operation(
    "GET",
    "/signup-policy",
    "getSignupPolicy",
    "Who may register",
    access="public",
    needs_database=False,
)
async def policy(platform: Here) -> shapes.PolicyShown:
    """Anybody, whoever has an invite, or whoever an operator approves."""
    return signup.policy(platform)


@routes.operation(
    "POST",
    "/register",
    "registerAccount",
    "Register",
    access="public",
    status=201,
    errors=_TOO_MANY
    | {
        403: "The policy asks for an invite that is valid for this address.",
        409: "A user with this e-mail address exists, or the invite is not valid for it.",
    },
    counted=(201, 403, 409, 429),
)
def register(body: shapes.NewAccount, sender: SenderHere, platform: Here) -> shapes.Registered:
    """A new account, logged in: in the tenant that invited it, or as owner of a new one."""
    return registration.register(platform, sender, body)


@routes.operation(
    "POST",
    "/request-access",
    "requestAccess",
    "Ask to be let in",
    access="public",
    status=202,
    errors=_TOO_MANY,
    counted=(202, 429),
    links=_ITS,
)
def ask(body: shapes.AccessRequest, sender: SenderHere, platform: Here) -> shapes.AccessRequested:
    """Noted until an operator decides, whatever the policy; asked again, it is the same one."""
    return signup.ask(platform, sender, body)


@routes.operation(
    "GET",
    "/signup-requests",
    "listSignupRequests",
    "Requests for access",
    access="operators",
    scope="auth:signup_requests",
)
def requests(platform: Here, span: SpanHere, status: _Status = None) -> shapes.RequestPage:
    """In the order they came."""
    return signup.pages(platform, span, status)


@routes.operation(
    "POST",
    "/signup-requests/{request_id}/approve",
    "approveSignupRequest",
    "Let someone in",
    access="operators",
    links={"revokeInvite": {"invite_id": "$response.body#/invite/id"}},
    scope="auth:signup_requests",
    errors=_UNDECIDED,
)
def approve(request_id: PathId, platform: Here) -> shapes.Approved:
    """Makes an invite for that address, to found a tenant; a pending request only."""
    return signup.approve(platform, request_id)


@routes.operation(
    "POST",
    "/signup-requests/{request_id}/reject",
    "rejectSignupRequest",
    "Do not let someone in",
    access="operators",
    scope="auth:signup_requests",
    errors=_UNDECIDED | {409: "It was decided."},
)
def reject(request_id: PathId, platform: Here) -> shapes.Rejected:
    """A pending request only."""
    return signup.reject(platform, request_id)


@routes.operation(
    "GET",
    "/invites",
    "listInvites",
    "Invites to my tenant",
    access="everyone",
    scope="auth:invites",
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.InvitePage:
    """In the order they were made; an operator sees those to found a tenant too."""
    return invites.pages(platform, caller, span)


@routes.operation(
    "POST",
    "/invites",
    "createInvite",
    "Invite someone",
    access="everyone",
    scope="auth:invites",
    status=201,
    links={"revokeInvite": {"invite_id": "$response.body#/id"}},
)
def invite(body: shapes.NewInvite, caller: CallerHere, platform: Here) -> shapes.InviteMade:
    """The token is shown this once; with an address, it is for that one alone."""
    return invites.make(platform, caller, body)


@routes.operation(
    "POST",
    "/invites/{invite_id}/revoke",
    "revokeInvite",
    "Revoke an invite",
    access="everyone",
    scope="auth:invites",
    errors={404: "Your tenant has no such invite.", 409: "It is not pending any more."},
)
def revoke(invite_id: PathId, caller: CallerHere, platform: Here) -> shapes.InviteShown:
    """A pending one only; nobody can use it from now on."""
    return invites.revoke(platform, caller, invite_id)
