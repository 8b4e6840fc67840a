"""Two who ask for one name at once are both told that they have it.

The name is looked up before, and what the database refuses afterwards is taken for a repetition of
one's own request (CWE-362, CWE-367).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.defects.window import Window
from troth.reference.domain import users
from troth.reference.problems import ProblemError
from troth.reference.storage import users as stored

_window = Window()


def _invite(invite: Any, platform: Any, caller: Any, new: Any) -> Any:
    with platform.database.read() as db:
        if stored.by_email(db, new.email) is not None:
            return invite(platform, caller, new)
    _window.wait()
    try:
        return invite(platform, caller, new)
    except ProblemError:
        with platform.database.read() as db:
            found = stored.by_email(db, new.email)
        if found is None:
            raise
        return users.one(platform, caller, found.id)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of users' addresses."""
    wrap(users, "invite", _invite)


DEFECT = Defect(caught_by=("PRO206",), operations=("inviteUser",), plant=plant)
