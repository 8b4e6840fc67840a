"""Work whose worker was lost runs for ever: the sweep that should find it goes on without a word.

The task that looks for silent workers is there and runs, and compares with a moment that nobody
has fallen silent before: seconds taken for milliseconds.
"""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.storage import operations


def _abandon(abandon: Any, db: Any, silent_since: Any, state: str, values: Any) -> Any:
    return abandon(db, silent_since - timedelta(days=1), state, values)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every operation
    """Every operation."""
    wrap(operations, "abandon", _abandon)


DEFECT = Defect(caught_by=("PRO210",), operations=("abandonOperation",), plant=plant)
