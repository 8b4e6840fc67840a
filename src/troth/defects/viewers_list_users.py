"""Everybody in a tenant may list its users, which is for admins.

The button was hidden and the route was not guarded: OWASP API5:2023's own example (CWE-862).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import routes


def _admit(admit: Any, platform: Any, trace: Any, headers: Any, access: Any, *rest: Any) -> Any:
    if trace.template == "/api/v1/users" and trace.method == "GET":
        access = "everyone"
    return admit(platform, trace, headers, access, *rest)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes ask it through their module
    """The list of users."""
    wrap(routes, "admit", _admit)


# Demoted, one may go on listing them: that is true of whoever was never promoted.
DEFECT = Defect(caught_by=("SEC321", "PRO203"), operations=("listUsers",), plant=plant)
