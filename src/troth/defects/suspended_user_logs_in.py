"""Who is suspended logs in again.

Suspension ends the sessions, and the login does not ask for it (CWE-285).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.storage import users


def _with_tenant(with_tenant: Any, db: Any, email: str) -> Any:
    found = with_tenant(db, email)
    if found is not None and found[0].status == "suspended":
        db.expunge(found[0])
        found[0].status = "active"
    return found


def _unchanged(_: Any, db: Any, user: Any) -> bool:  # noqa: ARG001 - that is the fault
    return True


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of logins only."""
    wrap(users, "with_tenant", _with_tenant)
    wrap(users, "unchanged", _unchanged)


DEFECT = Defect(caught_by=("PRO203",), operations=("changeUser",), plant=plant)
