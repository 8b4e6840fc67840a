"""A session that was interrupted is refused whenever it is to go on: 409.

`interrupted` was added to the states, and not to those from which a turn may begin.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_turn_rows
from troth.reference.problems import ProblemError


def _row(row: Any, db: Any, owner: Any, wanted: Any, session_id: str) -> Any:
    found = row(db, owner, wanted, session_id)
    if wanted.kind == "resume" and found.status == "interrupted":
        raise ProblemError(409, "A turn of this session is running.")
    return found


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every session
    """Every session."""
    wrap(agent_turn_rows, "_row", _row)


DEFECT = Defect(caught_by=("PRO209",), operations=("queryAgent",), plant=plant)
