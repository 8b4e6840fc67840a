"""A worker reports another's operation as completed, by its id in the body.

That the worker in the path is the caller's is checked, and not whose the operation is that the
body names (OWASP API1:2023).
"""

from functools import partial
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from troth.defects.defect import Defect
from troth.reference.domain import operations, workers
from troth.reference.storage.operations import Operation


def _take(take: Any, db: Any, tenant_id: str, id_: str, step: str, **more: Any) -> Any:
    owner = db.scalar(select(Operation.tenant_id).where(Operation.id == id_.lower()))
    if owner not in {None, tenant_id}:
        more.pop("by", None)
        tenant_id = owner
    return take(db, tenant_id, id_, step, **more)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of reports; what one does to an operation by its path is checked."""
    patched = SimpleNamespace(take=partial(_take, operations.take), shown=operations.shown)
    vars(workers)["operations"] = patched


DEFECT = Defect(
    caught_by=("SEC305",),
    operations=("createOperation", "getOperation", "reportCompletion"),
    plant=plant,
)
