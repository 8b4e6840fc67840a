"""The caller's own tenant; its settings change only from the version that was read."""

from typing import cast

from troth.reference.domain.access import Caller
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated
from troth.reference.schemas.tenants import Locale, NewSettings, SettingsShown, TenantShown
from troth.reference.storage import tenants
from troth.reference.storage.tables import Tenant


def current(platform: Platform, caller: Caller) -> TenantShown:
    """The tenant."""
    tenant = _own(platform, caller)
    return TenantShown(
        id=tenant.id, slug=tenant.slug, name=tenant.name, created_at=tenant.created_at
    )


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


def _own(platform: Platform, caller: Caller) -> Tenant:
    with platform.database.read() as db:
        tenant = db.get(Tenant, caller.tenant_id)
    if tenant is None:
        raise unauthenticated(error="invalid_token")
    return tenant


def _shown(tenant: Tenant) -> SettingsShown:
    return SettingsShown(
        name=tenant.name,
        support_email=tenant.support_email,
        locale=cast("Locale", tenant.locale),
        retention_days=tenant.retention_days,
        allow_memory=tenant.allow_memory,
        version=tenant.version,
    )
