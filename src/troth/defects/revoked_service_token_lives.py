"""A service's token that was revoked is served until it expires.

The list shows it as revoked, the door does not look at the list (CWE-613).
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import aliased

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.storage import service_tokens
from troth.reference.storage.service_tokens import Bearer, ServiceToken
from troth.reference.storage.tables import Tenant, User


def _bearer(_: Any, db: Any, jti: str) -> Any:
    account, issuer = aliased(User), aliased(User)
    query = (
        select(ServiceToken, account, issuer, Tenant)
        .join(account, account.id == ServiceToken.account_id)
        .join(issuer, issuer.id == ServiceToken.issuer_id)
        .join(Tenant, Tenant.id == ServiceToken.tenant_id)
        .where(ServiceToken.id == jti, account.status == "active", issuer.status == "active")
    )
    row = db.execute(query).first()
    return None if row is None else Bearer(*row)


def _has(has: Any, id_: str) -> bool:  # noqa: ARG001 - that is the fault
    return False


def plant(app: FastAPI) -> None:
    """Of services only: sessions are looked up as well."""
    wrap(service_tokens, "bearer", _bearer)
    wrap(app.state.platform.revocations, "has", _has)


DEFECT = Defect(caught_by=("PRO203",), operations=("revokeServiceToken",), plant=plant)
