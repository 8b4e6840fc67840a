"""A token that proves an address proves it again and again.

It is compared, and never used up: the link in the letter works until it expires (CWE-294).
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.storage import accounts
from troth.reference.storage.accounts import EmailToken


def _spend(spend: Any, db: Any, user: Any, purpose: str, known: str) -> bool:
    if purpose != "verify":
        return bool(spend(db, user, purpose, known))
    found = select(EmailToken.id).where(EmailToken.digest == known, EmailToken.user_id == user.id)
    return db.scalar(found) is not None


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the storage is patched
    """Of verification only."""
    wrap(accounts, "spend", _spend)


DEFECT = Defect(caught_by=("PRO202",), operations=("verifyEmail",), plant=plant)
