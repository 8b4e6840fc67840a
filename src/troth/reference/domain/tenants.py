"""The caller's own tenant, whose settings change only from the version that was read.

Other tenants exist for platform operators only.
"""

from typing import cast

from troth.reference.domain.access import RANKS, Caller
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated, unknown
from troth.reference.schemas.tenants import (
    Locale,
    NewSettings,
    SettingsShown,
    TenantPage,
    TenantShown,
)
from troth.reference.storage import tenants
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import Tenant


def current(platform: Platform, caller: Caller) -> TenantShown:
    """The tenant."""
    return _named(_own(platform, caller))


def everyone(platform: Platform, span: Span) -> TenantPage:
    """All tenants; whoever asks has been found to be an operator."""
    with platform.database.read() as db:
        rows = page(db, Tenant, tenants.everyone(), span)
    return TenantPage(
        items=[_named(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, caller: Caller, tenant_id: str) -> TenantShown:
    """The caller's own, or any for an operator; ProblemError 404 for all else."""
    wanted = tenant_id.lower()
    if wanted != caller.tenant_id and caller.rank < RANKS["operator"]:
        raise unknown()
    with platform.database.read() as db:
        tenant = db.get(Tenant, wanted)
    if tenant is None:
        raise unknown()
    return _named(tenant)


def settings(platform: Platform, caller: Caller) -> SettingsShown:
    """Its settings."""
    return _shown(_own(platform, caller))


def replace(
    platform: Platform, caller: Caller, new: NewSettings, if_match: str | None
) -> SettingsShown:
    """Replace the settings; ProblemError 412 if `if_match` names none of the present tags."""
    with platform.database.write() as db:
        version = None
        if if_match is not None and if_match != "*":
            tenant = db.get(Tenant, caller.tenant_id)
            tags = [tag.strip() for tag in if_match.split(",")]
            if tenant is None or etag(tenant.version) not in tags:
                raise ProblemError(412)
            version = tenant.version
        if not tenants.change(db, caller.tenant_id, version, new.model_dump()):
            raise ProblemError(412)
    return _shown(_own(platform, caller))


def etag(version: int) -> str:
    """The strong entity tag of one version of the settings."""
    return f'"v{version}"'


def names(listed: str, tag: str) -> bool:
    """Whether an `If-None-Match` names `tag`, be it marked as weak (RFC 9110, 13.1.2)."""
    given = {each.strip().removeprefix("W/") for each in listed.split(",")}
    return listed.strip() == "*" or tag in given


def _own(platform: Platform, caller: Caller) -> Tenant:
    with platform.database.read() as db:
        tenant = db.get(Tenant, caller.tenant_id)
    if tenant is None:
        raise unauthenticated(error="invalid_token")
    return tenant


def _named(tenant: Tenant) -> TenantShown:
    return TenantShown(
        id=tenant.id, slug=tenant.slug, name=tenant.name, created_at=tenant.created_at
    )


def _shown(tenant: Tenant) -> SettingsShown:
    return SettingsShown(
        name=tenant.name,
        support_email=tenant.support_email,
        locale=cast("Locale", tenant.locale),
        retention_days=tenant.retention_days,
        allow_memory=tenant.allow_memory,
        version=tenant.version,
    )
