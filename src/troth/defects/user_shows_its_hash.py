"""A user is answered as the row in the database is, with the hash of the password.

Nobody chose what to show: the object was serialised (OWASP API3:2023).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json

_HASH = (
    "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$J8sn3Xo5hYH0Z7bqL0p2mC1dK9w4eR6tVuXyZaBcDeF"
)


def _shown(user: Any) -> Any:
    return {**user, "password_hash": _HASH}


def plant(app: FastAPI) -> None:
    """The caller's own."""
    edit_json(app, "GET", "/api/v1/users/me", _shown)


DEFECT = Defect(caught_by=("FUZ102", "SEC343"), operations=("getOwnUser",), plant=plant)
