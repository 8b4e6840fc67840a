"""A PATCH writes all members, those that were not sent as their default.

The request model's defaults are taken for what was sent: `model_dump()` in place of
`model_dump(exclude_unset=True)`, the first question of everybody who writes PATCH with FastAPI
(CWE-471, CWE-915).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import users


def _whole(change: Any, platform: Any, caller: Any, user_id: str, new: Any) -> Any:
    given = {"role": "viewer", **new.model_dump(exclude_none=True)}
    return change(platform, caller, user_id, type(new)(**given))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Changes of users."""
    wrap(users, "change", _whole)


DEFECT = Defect(
    caught_by=("PRO204", "PRO206"),
    operations=("inviteUser", "getUser", "changeUser"),
    plant=plant,
)
