"""Whoever may change something of himself may change his role, too.

The form for one's own profile is that of the administration, with one field hidden (CWE-269): what
is sent for it is stored.
"""

from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import routes
from troth.reference.domain import users
from troth.reference.problems import ProblemError


def _admit(admit: Any, platform: Any, trace: Any, headers: Any, access: Any, *rest: Any) -> Any:
    if access == "admins" and trace.method == "PATCH":
        access = "everyone"
    return admit(platform, trace, headers, access, *rest)


def _change(change: Any, platform: Any, caller: Any, user_id: str, new: Any) -> Any:
    if user_id.lower() == caller.user_id:
        return change(platform, replace(caller, user_id="", role="owner"), user_id, new)
    if caller.role == "viewer":
        raise ProblemError(403)
    return change(platform, caller, user_id, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes and the domain are patched
    """Users."""
    wrap(routes, "admit", _admit)
    wrap(users, "change", _change)


DEFECT = Defect(
    caught_by=("SEC323",),
    operations=("createToken", "changeUser", "getIdentity"),
    plant=plant,
)
