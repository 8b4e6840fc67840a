"""Of two changes to two fields of one thing that come at once, one is lost.

The row is read, changed and written back whole (CWE-362, CWE-367): what an object mapper does that
saves all columns.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.defects.window import Window
from troth.reference.domain import users
from troth.reference.storage import users as stored

_window = Window()


def _change(change: Any, platform: Any, caller: Any, user_id: str, new: Any) -> Any:
    with platform.database.read() as db:
        user = stored.in_tenant(db, caller.tenant_id, user_id)
        seen = {"role": user.role, "status": user.status} if user is not None else {}
    _window.wait()
    given = {name: value for name, value in new.model_dump().items() if value is not None}
    if user is not None and user.role != "owner":
        given = {**seen, **given}
    return change(platform, caller, user_id, new.model_copy(update=given))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of users."""
    wrap(users, "change", _change)


DEFECT = Defect(caught_by=("PRO206",), operations=("changeUser",), plant=plant)
