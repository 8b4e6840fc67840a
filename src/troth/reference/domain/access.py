"""Who is calling, and whether they may: authentication, the rate limit, the role, the scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Literal, cast

from fastapi import Depends, Request
from starlette.datastructures import Headers

from troth.reference.domain.scopes import OF_ROLE, Scope, role_of
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated
from troth.reference.storage import api_keys, service_tokens, sessions
from troth.reference.trace import Trace

Access = Literal["public", "everyone", "writers", "admins", "operators", "keys"]
"""Anybody; users of at least some rank; platform operators; holders of an API key."""

KEY_HEADER = "X-API-Key"
RANKS = {"viewer": 0, "member": 1, "admin": 2, "owner": 3, "operator": 4}
_LEAST: dict[Access, int] = {"everyone": 0, "writers": 1, "admins": 2, "operators": 4}


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
    scopes: frozenset[str] = frozenset()
    issuer_role: str | None = None
    """Of a service: the role that whoever issued its token has now."""

    @property
    def rank(self) -> int:
        """How high the role is."""
        return RANKS[self.role]

    def may(self, access: Access, scope: Scope | None) -> bool:
        """Whether an operation is open to the caller.

        A scope that a service was given stands for the rank that goes with it, as far as its
        issuer has that; where no scope is named, its own low role counts.
        """
        if scope is None:
            return self.rank >= _LEAST[access]
        rank = self.rank if self.issuer_role is None else RANKS[self.issuer_role]
        return scope in self.scopes and rank >= _LEAST[access]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an API key: the owner of agent sessions."""

    key_id: str
    tenant_id: str
    name: str


def _bearer(headers: Sequence[str]) -> str:
    if not headers:
        raise unauthenticated()
    scheme, _, token = headers[0].partition(" ")
    if len(headers) != 1 or scheme.lower() != "bearer" or not token:
        raise unauthenticated(error="invalid_request")
    return token


def authenticate(platform: Platform, headers: Headers) -> Caller:
    """Who the Authorization header names; ProblemError 401 if nobody whose token counts."""
    token = _bearer(headers.getlist("authorization"))
    claims = platform.signer.believe(token, "access", "service")
    if claims is None or platform.revocations.has(claims.session_id):
        raise unauthenticated(error="invalid_token")
    if claims.kind == "service":
        return _service(platform, claims.jti, headers.getlist("origin"))
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
        scopes=OF_ROLE[user.role],
    )


def _service(platform: Platform, jti: str, origins: Sequence[str]) -> Caller:
    with platform.database.read() as db:
        found = service_tokens.bearer(db, jti)
    if found is None or (found.token.origin is not None and origins != [found.token.origin]):
        raise unauthenticated(error="invalid_token")
    # Asked anew each time: who issued the token may be less by now.
    scopes = frozenset(found.token.scopes.split()) & OF_ROLE[found.issuer.role]
    return Caller(
        user_id=found.account.id,
        session_id=jti,
        tenant_id=found.tenant.id,
        tenant_slug=found.tenant.slug,
        email=found.account.email,
        display_name=found.account.display_name,
        role=role_of(scopes),
        scopes=scopes,
        issuer_role=found.issuer.role,
    )


def holder(platform: Platform, keys: Sequence[str]) -> Holder:
    """Whose API key it is; ProblemError 401 if nobody's."""
    if len(keys) != 1 or not keys[0]:
        raise unauthenticated(KEY_DETAIL, scheme="ApiKey")
    with platform.database.read() as db:
        found = api_keys.live(db, sha256(keys[0].encode("utf-8", "surrogateescape")).hexdigest())
    if found is None:
        raise unauthenticated(KEY_DETAIL, scheme="ApiKey")
    return Holder(found.id, found.tenant_id, found.name)


KEY_DETAIL = f"A valid API key is required in {KEY_HEADER}."


def take(platform: Platform, trace: Trace, key: str, limit: int) -> None:
    """Count one request against a limit; ProblemError 429 if it is used up."""
    trace.quota = platform.limits.take(key, limit)
    if trace.quota.exceeded:
        raise ProblemError(429, headers={"Retry-After": str(trace.quota.reset)})


def admit(
    platform: Platform, trace: Trace, headers: Headers, access: Access, scope: Scope | None = None
) -> Caller | Holder:
    """Let the caller in, or say why not: 401, then 429, then 403."""
    if access == "keys":
        owner = holder(platform, headers.getlist(KEY_HEADER))
        trace.principal = owner.key_id
        take(platform, trace, f"key:{owner.key_id}", platform.settings.rate_limit)
        return owner
    caller = authenticate(platform, headers)
    trace.principal = caller.user_id
    take(platform, trace, f"user:{caller.user_id}", platform.settings.rate_limit)
    if not caller.may(access, scope):
        raise ProblemError(403)
    return caller


async def _caller(request: Request) -> Caller:
    return cast("Caller", request.state.caller)


async def _holder(request: Request) -> Holder:
    return cast("Holder", request.state.caller)


CallerHere = Annotated[Caller, Depends(_caller)]
HolderHere = Annotated[Holder, Depends(_holder)]
