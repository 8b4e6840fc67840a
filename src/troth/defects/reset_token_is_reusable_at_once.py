"""A password reset token sets two passwords for those who use it at once.

The token is looked up, the password hashed for as long as a good hash takes, and the token deleted
only then (CWE-367, CWE-640).
"""

import threading
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.defects.window import Window
from troth.reference.domain import credentials
from troth.reference.domain.public_forms import digest
from troth.reference.storage import accounts

_here = threading.local()
_window = Window()


def _confirm(confirm: Any, platform: Any, given: Any) -> Any:
    with platform.database.read() as db:
        _here.good = accounts.whose(db, "reset", digest(given.token)) is not None
    if _here.good:
        _window.wait()
    try:
        return confirm(platform, given)
    finally:
        _here.good = False


def _whose(whose: Any, db: Any, purpose: str, known: str) -> Any:
    found = whose(db, purpose, known)
    if found is not None:
        _owners[known] = found
    return _owners.get(known) if getattr(_here, "good", False) else found


_owners: dict[str, str] = {}


def _spend(spend: Any, db: Any, user: Any, purpose: str, known: str) -> bool:
    spent: bool = spend(db, user, purpose, known)
    return spent or bool(getattr(_here, "good", False))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """The look goes before the leap."""
    wrap(credentials, "confirm", _confirm)
    wrap(accounts, "whose", _whose)
    wrap(accounts, "spend", _spend)


DEFECT = Defect(caught_by=("PRO202",), operations=("confirmPasswordReset",), plant=plant)
