"""An access token is served after its session was ended, until it expires.

The signature is checked and nobody is asked whether the session is still there (CWE-613): what a
JWT middleware does by default.
"""

from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import access
from troth.reference.storage.tables import Tenant, User


def _bearer(db: Any, session_id: str, user_id: str) -> Any:  # noqa: ARG001 - that is the fault
    of_it = select(User, Tenant).join(Tenant, Tenant.id == User.tenant_id)
    row = db.execute(of_it.where(User.id == user_id, User.status == "active")).first()
    return None if row is None else (row[0], row[1])


def _has(has: Any, id_: str) -> bool:  # noqa: ARG001 - that is the fault
    return False


def plant(app: FastAPI) -> None:
    """Of access tokens only: refreshing asks for the session."""
    access.sessions = SimpleNamespace(bearer=_bearer)  # type: ignore[assignment,attr-defined]
    wrap(app.state.platform.revocations, "has", _has)


DEFECT = Defect(caught_by=("PRO201",), operations=("createToken",), plant=plant)
