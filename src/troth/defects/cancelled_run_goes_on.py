"""To cancel a run is answered 202, and nothing stops: the row was never written.

The message to the worker is sent, and the state is left to the worker, which is not listening.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import workflow_runs
from troth.reference.schemas.workflows import RunCanceled


def _cancel(cancel: Any, platform: Any, caller: Any, run_id: str) -> Any:  # noqa: ARG001
    with platform.database.read() as db:
        row = workflow_runs.known(db, caller, run_id)
    return RunCanceled(success=True, workflow_run_id=row.id, status="canceled")


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every run
    """Every run."""
    wrap(workflow_runs, "cancel", _cancel)


DEFECT = Defect(caught_by=("PRO205", "PRO210"), operations=("runWorkflow",), plant=plant)
