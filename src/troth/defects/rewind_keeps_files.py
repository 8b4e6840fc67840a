"""Going back to a checkpoint takes back what was said, and not what was done.

Messages are cut, and files stay as they were written later: what an agent's undo did until its
snapshots were tied to its transcript (CWE-840, CWE-459).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.storage import agent_sessions


def _halfway(rewind: Any, db: Any, row: Any, to: Any) -> None:
    files = dict(row.files)
    rewind(db, row, to)
    row.files = files


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the storage
    """Checkpoints of agent sessions."""
    wrap(agent_sessions, "rewind", _halfway)


DEFECT = Defect(
    caught_by=("PRO212",),
    operations=("queryAgentOnce", "getAgentSession", "rewindAgentCheckpoint"),
    plant=plant,
)
