"""To interrupt a run is answered 200, and the run goes on: whoever runs it is not told.

The order goes to a channel that the worker listened to before it was moved to another process; the
state that is shown is the run's own, and stays `running`.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_sessions
from troth.reference.schemas import agent_sessions as shapes


def _interrupt(interrupt: Any, platform: Any, owner: Any, id_: str) -> Any:
    with platform.database.read() as db:
        row = agent_sessions.owned(db, owner, id_)
    if row.status != "running":
        return interrupt(platform, owner, id_)
    return shapes.AgentSessionStatus(session_id=row.id, status="interrupted")


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every session
    """Every session that runs; each file takes longer than anybody waits."""
    wrap(agent_sessions, "interrupt", _interrupt)


DEFECT = Defect(
    caught_by=("PRO209",),
    operations=("queryAgent",),
    plant=plant,
    env={"TROTH_REFERENCE_AGENT_PACE": "4"},
)
