"""An event is refused with 409, and has been applied by then.

The state is written first and checked afterwards, in another transaction (CWE-696).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import operations
from troth.reference.problems import ProblemError
from troth.reference.storage.operations import Operation


def _first(cancel: Any, platform: Any, caller: Any, id_: str) -> Any:
    try:
        return cancel(platform, caller, id_)
    except ProblemError:
        with platform.database.write() as db:
            row = db.get(Operation, id_.lower())
            if row is not None and row.tenant_id == caller.tenant_id:
                row.state = "CANCELLED"
        raise


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Cancellation of operations."""
    wrap(operations, "cancel", _first)


DEFECT = Defect(
    caught_by=("PRO205",), operations=("createOperation", "cancelOperation"), plant=plant
)
