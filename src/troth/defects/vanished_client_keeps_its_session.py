"""Whoever closes the browser during an answer can never go on with that session.

What gives the session back stands behind the loop that sends; when the client goes, the loop is
cancelled, and the session stays `running` until its lease is over, or for ever (CWE-404, CWE-772).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_turn_rows
from troth.reference.storage import agent_sessions as stored


def _leave(leave: Any, platform: Any, began: Any) -> None:
    with platform.database.read() as db:
        row = stored.by_run(db, began.session_id, began.run)
    if row is None or row.status != "running":
        leave(platform, began)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every turn
    """Every turn that nobody listens to any more."""
    wrap(agent_turn_rows, "leave", _leave)


DEFECT = Defect(caught_by=("PRO209",), operations=("queryAgent",), plant=plant)
