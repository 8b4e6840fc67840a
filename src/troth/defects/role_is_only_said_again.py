"""Whoever sends a role for himself is answered with it, and keeps the one that he has; no fault.

The answer is made of what was sent; what may not be changed is left out where it is stored.
"""

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
        shown = users.one(platform, caller, user_id)
        return shown.model_copy(update={"role": new.role or shown.role})
    if caller.role == "viewer":
        raise ProblemError(403)
    return change(platform, caller, user_id, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes and the domain are patched
    """Users."""
    wrap(routes, "admit", _admit)
    wrap(users, "change", _change)


DEFECT = Defect(
    caught_by=(),
    operations=("createToken", "changeUser", "getIdentity"),
    plant=plant,
    lookalike_of="people_raise_themselves",
)
