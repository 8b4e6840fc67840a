"""Tenants by slug, and their settings changed only from the version that was read."""

from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from troth.reference.storage.tables import Tenant


def by_slug(db: Session, slug: str) -> Tenant | None:
    """The tenant of that slug."""
    return db.scalar(select(Tenant).where(Tenant.slug == slug))


def everyone() -> Select[Tenant]:
    """All tenants of the platform."""
    return select(Tenant)


def change(db: Session, tenant_id: str, version: int | None, values: dict[str, Any]) -> bool:
    """Set `values`, if the tenant is still at `version` or none was asked; whether it was done."""
    statement = update(Tenant).where(Tenant.id == tenant_id)
    if version is not None:
        statement = statement.where(Tenant.version == version)
    done = db.execute(
        statement.values(**values, version=Tenant.version + 1).returning(Tenant.id),
        execution_options={"synchronize_session": False},
    )
    return done.first() is not None
