"""A stolen refresh token that was used is refused, and whoever used it first keeps the session.

Rotation without detection: RFC 9700 section 4.14.2 wants the whole family ended, for nobody knows
which of the two was the thief.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import auth
from troth.reference.problems import unauthenticated
from troth.reference.storage.tables import RefreshToken


def _refresh(refresh: Any, platform: Any, token: str) -> Any:
    claims = platform.signer.believe(token, "refresh")
    if claims is not None:
        with platform.database.read() as db:
            known = db.get(RefreshToken, claims.jti)
            used = known is not None and known.used_at is not None
        if used:
            raise unauthenticated("These credentials are not valid.")
    return refresh(platform, token)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """It is refused before anything is made of it."""
    wrap(auth, "refresh", _refresh)


DEFECT = Defect(caught_by=("PRO201", "PRO202"), operations=("refreshToken",), plant=plant)
