"""Log in, refresh, log out, and who am I."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from troth.reference.domain import auth
from troth.reference.domain.access import CallerHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.auth import (
    Credentials,
    Identity,
    RefreshRequest,
    Revoked,
    RevokedAll,
    Tokens,
)
from troth.reference.schemas.mfa import MfaRequired
from troth.reference.trace import trace_of

routes = Routes("/api/v1/auth", "auth", "Sessions and tokens.")
_REFUSED = {401: "The credentials in the body are not valid."}


@routes.operation(
    "POST",
    "/token",
    "createToken",
    "Log in",
    access="public",
    errors=_REFUSED | {429: "Too many attempts for this address."},
    headers=("Cache-Control",),
    links={"endSession": {"session_id": "$response.body#/session_id"}},
    counted=(200, 202, 401, 429),
    documented={202: {"model": MfaRequired, "description": "A second factor is to follow."}},
    answers=Tokens,
)
def token(body: Credentials, request: Request, platform: Here) -> Tokens | Response:
    """Exchanges an e-mail address and a password for a session, or for a challenge."""
    address = request.client.host if request.client else "unknown"
    found = auth.log_in(platform, trace_of(request.scope), address, body)
    if isinstance(found, MfaRequired):
        return JSONResponse(found.model_dump(), 202)
    return found


@routes.operation(
    "POST",
    "/refresh",
    "refreshToken",
    "Renew a session",
    access="public",
    errors=_REFUSED,
    headers=("Cache-Control",),
)
def refresh(body: RefreshRequest, platform: Here) -> Tokens:
    """Exchanges a refresh token, once; its second use ends the session."""
    return auth.refresh(platform, body.refresh_token)


@routes.operation(
    "GET",
    "/me",
    "getIdentity",
    "Who am I",
    access="everyone",
    ids={"/api/v1/tenants/{tenant_id}": "/tenant_id"},
)
async def me(caller: CallerHere) -> Identity:
    """The caller, as the service knows it now."""
    return Identity(
        user_id=caller.user_id,
        email=caller.email,
        display_name=caller.display_name,
        role=caller.role,  # type: ignore[arg-type]
        tenant_id=caller.tenant_id,
        tenant_slug=caller.tenant_slug,
        session_id=caller.session_id,
    )


@routes.operation("POST", "/logout", "endOwnSession", "Log out", access="public", errors=_REFUSED)
def logout(body: RefreshRequest, platform: Here) -> Revoked:
    """Ends the session that the refresh token is of, at once."""
    return Revoked(revoked=auth.log_out(platform, body.refresh_token))


@routes.operation("POST", "/logout/all", "endAllSessions", "Log out everywhere", access="everyone")
def logout_all(caller: CallerHere, platform: Here) -> RevokedAll:
    """Ends all sessions of the caller, this one too."""
    return RevokedAll(revoked=auth.log_out_everywhere(platform, caller))
