"""A refresh token that two use at once gives both of them a session.

Whether it was used is read first, and written later: the shape of most rotations that were written
by hand, whose tests use a token twice in turn only (CWE-362, CWE-367).
"""

import threading
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.defects.window import Window
from troth.reference.domain import auth
from troth.reference.storage import sessions
from troth.reference.storage.tables import RefreshToken

_here = threading.local()
_window = Window()


def _refresh(refresh: Any, platform: Any, token: str) -> Any:
    claims = platform.signer.believe(token, "refresh")
    _here.unused = False
    if claims is not None:
        with platform.database.read() as db:
            found = select(RefreshToken.used_at).where(RefreshToken.jti == claims.jti)
            _here.unused = db.scalar(found) is None
        if _here.unused:
            _window.wait()
    return refresh(platform, token)


def _spend(spend: Any, db: Any, jti: str) -> bool:
    spent: bool = spend(db, jti)
    return spent or bool(getattr(_here, "unused", False))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """The look goes before the transaction."""
    wrap(auth, "refresh", _refresh)
    wrap(sessions, "spend", _spend)


DEFECT = Defect(caught_by=("PRO202",), operations=("refreshToken",), plant=plant)
