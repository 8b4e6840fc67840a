"""A login says whether it is the name or the password that is wrong.

The form was to be kind (CWE-204); who collects names is grateful. VAmPI has it on purpose.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import auth
from troth.reference.problems import ProblemError, unauthenticated
from troth.reference.storage import users


def _telling(log_in: Any, platform: Any, trace: Any, address: str, given: Any) -> Any:
    try:
        return log_in(platform, trace, address, given)
    except ProblemError as refusal:
        with platform.database.read() as db:
            known = users.by_email(db, given.email) is not None
        if refusal.status != 401 or known:
            raise
    raise unauthenticated("There is no such account.")


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Logins."""
    wrap(auth, "log_in", _telling)


DEFECT = Defect(caught_by=("SEC363",), operations=("createToken",), plant=plant)
