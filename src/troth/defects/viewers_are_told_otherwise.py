"""Who may not list the users is told so in words of his own."""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import routes
from troth.reference.problems import ProblemError


def _admit(admit: Any, platform: Any, trace: Any, headers: Any, access: Any, *rest: Any) -> Any:
    try:
        return admit(platform, trace, headers, access, *rest)
    except ProblemError as refusal:
        if trace.template == "/api/v1/users" and refusal.status == 403:
            raise ProblemError(403, "Only admins see who else is here.") from None
        raise


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes ask it through their module
    """The list of users."""
    wrap(routes, "admit", _admit)


DEFECT = Defect(
    caught_by=(), operations=("listUsers",), plant=plant, lookalike_of="viewers_list_users"
)
