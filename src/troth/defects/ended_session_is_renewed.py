"""A session that was ended from another device lives again when its refresh token is used.

The access token dies, and the refresh token was forgotten (CWE-613).
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import update

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import auth
from troth.reference.storage.tables import LoginSession


def _refresh(refresh: Any, platform: Any, token: str) -> Any:
    claims = platform.signer.believe(token, "refresh")
    if claims is not None and claims.session_id in _ended:
        with platform.database.write() as db:
            of_it = update(LoginSession).where(LoginSession.id == claims.session_id)
            db.execute(of_it.values(revoked_at=None))
    return refresh(platform, token)


def _end(end: Any, platform: Any, caller: Any, session_id: str) -> None:
    end(platform, caller, session_id)
    _ended.add(session_id.lower())


_ended: set[str] = set()


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of sessions that were ended from another one."""
    wrap(auth, "refresh", _refresh)
    wrap(auth, "end_session", _end)


DEFECT = Defect(caught_by=("PRO201",), operations=("createToken",), plant=plant)
