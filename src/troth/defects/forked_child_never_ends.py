"""The stream of a fork ends, and the child that it was never does.

The parent's run was closed in the place of the child's, which is found running later and put down
as interrupted (CWE-667, CWE-772).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_turn_rows
from troth.reference.storage.agent_sessions import AgentSession


def _running(finish: Any, platform: Any, began: Any, *arguments: Any) -> Any:
    last = finish(platform, began, *arguments)
    with platform.database.write() as db:
        row = db.get(AgentSession, began.session_id)
        if row is not None and row.parent_id is not None:
            row.status = "running"
    return last


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Forks of agent sessions."""
    wrap(agent_turn_rows, "finish", _running)


DEFECT = Defect(
    caught_by=("PRO212",),
    operations=("queryAgentOnce", "getAgentSession", "forkAgentSession"),
    plant=plant,
)
