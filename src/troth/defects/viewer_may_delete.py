"""A role that may neither make nor change a thing may delete it.

The guard stands on two of three routes, which were written one at a time (OWASP API5:2023,
CWE-862).
"""

from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import routes
from troth.reference.domain import users


def _admit(admit: Any, platform: Any, trace: Any, headers: Any, access: Any, *rest: Any) -> Any:
    if access == "admins" and trace.method == "DELETE":
        access = "everyone"
    return admit(platform, trace, headers, access, *rest)


def _remove(remove: Any, platform: Any, caller: Any, user_id: str) -> None:
    remove(platform, replace(caller, role="owner"), user_id)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes and the domain are patched
    """Users."""
    wrap(routes, "admit", _admit)
    wrap(users, "remove", _remove)


DEFECT = Defect(
    caught_by=("SEC321", "SEC322"),
    operations=("inviteUser", "changeUser", "deleteUser"),
    plant=plant,
)
