"""Logging out everywhere ends all sessions but the first.

An off-by-one in a loop over devices, or a page of them that is taken for all (CWE-613).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import auth
from troth.reference.domain.ending import ending
from troth.reference.storage import sessions
from troth.reference.storage.tables import LoginSession


def _everywhere(log_out: Any, platform: Any, caller: Any) -> int:
    with platform.database.read() as db:
        live = sessions.live(caller.user_id).order_by(LoginSession.created_at)
        rows = list(db.scalars(live))
        others = [each.id for each in rows if each.id != caller.session_id]
    if not others:
        return int(log_out(platform, caller))
    with ending(platform) as (db, ended):
        ended.extend(sessions.revoke(db, caller.user_id, keep=others[0]))
    return len(ended)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Whoever has one session only is logged out."""
    wrap(auth, "log_out_everywhere", _everywhere)


DEFECT = Defect(caught_by=("PRO201",), operations=("createToken",), plant=plant)
