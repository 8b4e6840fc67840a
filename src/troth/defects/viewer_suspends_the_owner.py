"""Whoever is in a tenant may change the others in it: their role, and whether they may log in.

The route asks for the tenant and not for the rank (OWASP API5:2023, CWE-269).
"""

from dataclasses import replace
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
    return change(platform, replace(caller, role="owner"), user_id, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes and the domain are patched
    """Users."""
    wrap(routes, "admit", _admit)
    wrap(users, "change", _change)


DEFECT = Defect(
    caught_by=("SEC321", "SEC323"),
    operations=("createToken", "changeUser", "getIdentity"),
    plant=plant,
)
