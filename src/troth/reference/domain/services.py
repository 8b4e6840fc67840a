"""Service accounts: users without a password, who do what a token says and its issuer could."""

from datetime import timedelta
from typing import cast

from sqlalchemy.exc import IntegrityError

from troth.reference.domain.access import Caller
from troth.reference.domain.planting import stable_id
from troth.reference.domain.scopes import Scope, role_of
from troth.reference.passwords import unusable
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated, unknown
from troth.reference.schemas import services as shapes
from troth.reference.storage import service_tokens, users
from troth.reference.storage.pages import Span, page
from troth.reference.storage.service_tokens import ServiceToken
from troth.reference.storage.tables import Tenant, User, now

SUSPENDED = "This service account is suspended."
_BEYOND = "You do not have all of these scopes yourself."


def issue(
    platform: Platform, caller: Caller, new: shapes.NewServiceToken | shapes.NewBrowserToken
) -> shapes.ServiceTokenIssued:
    """A token for the caller's service account of that name."""
    if not caller.scopes.issuperset(new.scopes):
        raise ProblemError(403, _BEYOND)
    _open_account(platform, caller, new.name)
    with platform.database.write() as db:
        if not users.exists(db, caller.user_id):
            raise unauthenticated(error="invalid_token")
        account = users.in_tenant(db, caller.tenant_id, _account_id(caller, new.name), lock=True)
        if account is None or account.status != "active":
            raise ProblemError(409, SUSPENDED)
        row = ServiceToken(
            tenant_id=caller.tenant_id,
            account_id=account.id,
            issuer_id=caller.user_id,
            name=new.name,
            scopes=" ".join(sorted(set(new.scopes))),
            origin=new.origin if isinstance(new, shapes.NewBrowserToken) else None,
            expires_at=now() + timedelta(seconds=new.ttl_seconds),
        )
        db.add(row)
        db.flush()
        home = db.get_one(Tenant, caller.tenant_id)
        token = platform.signer.sign_service(row, account, home, role_of(new.scopes))
    return shapes.ServiceTokenIssued(
        access_token=token,
        token_type="Bearer",  # noqa: S106 - the kind, not the token
        expires_in=new.ttl_seconds,
        jti=row.id,
        account_id=row.account_id,
        name=row.name,
        scopes=_scopes(row),
        origin=row.origin,
    )


def _account_id(caller: Caller, name: str) -> str:
    # One for each issuer and name: nobody comes to what another's account has made.
    return stable_id("service", caller.user_id, name)


def _open_account(platform: Platform, caller: Caller, name: str) -> None:
    id_ = _account_id(caller, name)
    with platform.database.read() as db:
        if users.in_tenant(db, caller.tenant_id, id_) is not None:
            return
    account = User(
        id=id_,
        tenant_id=caller.tenant_id,
        email=f"{id_}@service.invalid",
        display_name=name,
        role="viewer",
        password_hash=unusable(),
        origin="service",
    )
    try:
        with platform.database.write() as db:
            db.add(account)
    except IntegrityError:
        return  # a twin of this request was faster


def pages(platform: Platform, caller: Caller, span: Span) -> shapes.ServiceTokenPage:
    """The tokens of the tenant's service accounts."""
    with platform.database.read() as db:
        rows = page(db, ServiceToken, service_tokens.of_tenant(caller.tenant_id), span)
    return shapes.ServiceTokenPage(
        items=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def revoke(platform: Platform, caller: Caller, jti: str) -> None:
    """Revoke a token; one that is revoked stays so."""
    with platform.database.write() as db:
        row = service_tokens.one(db, caller.tenant_id, jti)
        if row is None:
            raise unknown()
        service_tokens.revoke(db, row.id)
    left = (row.expires_at - now()).total_seconds()
    if left > 0:
        platform.revocations.add(row.id, left)


def _scopes(row: ServiceToken) -> list[Scope]:
    return [cast("Scope", each) for each in row.scopes.split()]


def _state(row: ServiceToken) -> shapes.TokenState:
    if row.revoked_at is not None:
        return "revoked"
    return "active" if row.expires_at > now() else "expired"


def _shown(row: ServiceToken) -> shapes.ServiceTokenShown:
    return shapes.ServiceTokenShown(
        jti=row.id,
        account_id=row.account_id,
        issuer_id=row.issuer_id,
        name=row.name,
        scopes=_scopes(row),
        origin=row.origin,
        state=_state(row),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
