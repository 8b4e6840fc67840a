"""A viewer's change of the owner is answered as if it was done, and nothing is changed."""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import routes
from troth.reference.domain import users


def _admit(admit: Any, platform: Any, trace: Any, headers: Any, access: Any, *rest: Any) -> Any:
    if access == "admins" and trace.method == "PATCH":
        access = "everyone"
    return admit(platform, trace, headers, access, *rest)


def _change(change: Any, platform: Any, caller: Any, user_id: str, new: Any) -> Any:
    if caller.role == "viewer":
        return users.one(platform, caller, user_id)
    return change(platform, caller, user_id, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes and the domain are patched
    """Users."""
    wrap(routes, "admit", _admit)
    wrap(users, "change", _change)


DEFECT = Defect(
    caught_by=(),
    operations=("createToken", "changeUser", "getIdentity"),
    plant=plant,
    profile="smoke",
    lookalike_of="viewer_suspends_the_owner",
)
