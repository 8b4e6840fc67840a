"""Who is calling, and whether they may: authentication, the rate limit, the role."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from fastapi import Depends, Request

from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated
from troth.reference.storage import sessions
from troth.reference.trace import Trace

Access = Literal["public", "everyone", "writers", "admins"]

RANKS = {"viewer": 0, "member": 1, "admin": 2, "owner": 3, "operator": 4}
_LEAST: dict[Access, int] = {"everyone": 0, "writers": 1, "admins": 2}


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal of one request, as the database knows it now."""

    user_id: str
    session_id: str
    tenant_id: str
    tenant_slug: str
    email: str
    display_name: str
    role: str

    @property
    def rank(self) -> int:
        """How high the role is."""
        return RANKS[self.role]


def _bearer(headers: Sequence[str]) -> str:
    if not headers:
        raise unauthenticated()
    scheme, _, token = headers[0].partition(" ")
    if len(headers) != 1 or scheme.lower() != "bearer" or not token:
        raise unauthenticated(error="invalid_request")
    return token


def authenticate(platform: Platform, headers: Sequence[str]) -> Caller:
    """Who the Authorization header names; ProblemError 401 if nobody who is logged in."""
    claims = platform.signer.believe(_bearer(headers), "access")
    if claims is None:
        raise unauthenticated(error="invalid_token")
    with platform.database.read() as db:
        found = sessions.bearer(db, claims.session_id, claims.user_id)
    if found is None:
        raise unauthenticated(error="invalid_token")
    user, tenant = found
    return Caller(
        user_id=user.id,
        session_id=claims.session_id,
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        email=user.email,
        display_name=user.display_name,
        role=user.role,
    )


def take(platform: Platform, trace: Trace, key: str, limit: int) -> None:
    """Count one request against a limit; ProblemError 429 if it is used up."""
    trace.quota = platform.limits.take(key, limit)
    if trace.quota.exceeded:
        raise ProblemError(429, headers={"Retry-After": str(trace.quota.reset)})


def admit(platform: Platform, trace: Trace, headers: Sequence[str], access: Access) -> Caller:
    """Let the caller in, or say why not: 401, then 429, then 403."""
    caller = authenticate(platform, headers)
    trace.principal = caller.user_id
    take(platform, trace, f"user:{caller.user_id}", platform.settings.rate_limit)
    if caller.rank < _LEAST[access]:
        raise ProblemError(403)
    return caller


async def _caller(request: Request) -> Caller:
    return cast("Caller", request.state.caller)


CallerHere = Annotated[Caller, Depends(_caller)]
