"""A viewer may invite and delete people, and not change them: a role made for reception desks.

Who may make a thing and may take it away again is no contradiction.
"""

from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import routes
from troth.reference.domain import users


def _admit(admit: Any, platform: Any, trace: Any, headers: Any, access: Any, *rest: Any) -> Any:
    if access == "admins" and trace.method in {"DELETE", "POST"}:
        access = "everyone"
    return admit(platform, trace, headers, access, *rest)


def _mightily(does: Any, platform: Any, caller: Any, what: Any) -> Any:
    return does(platform, replace(caller, role="owner"), what)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes and the domain are patched
    """Users."""
    wrap(routes, "admit", _admit)
    wrap(users, "remove", _mightily)
    wrap(users, "invite", _mightily)


DEFECT = Defect(
    caught_by=(),
    operations=("inviteUser", "changeUser", "deleteUser"),
    plant=plant,
    profile="smoke",
    lookalike_of="viewer_may_delete",
)
