"""Workers, and what they report."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from troth.reference.fields import Given, Id, Name, Shown
from troth.reference.schemas.operations import Kind, OperationShown, Remark


class NewWorker(Given):
    """A worker that offers itself."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"display_name": "exporter 1", "kind": "export"}]},
    )

    display_name: Name
    kind: Kind


class WorkerReport(Given):
    """Which of its operations the worker has completed, and what came of it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "operation_id": "5a1d3c52-11f5-4d0e-8a5c-3d3a4c7f9b20",
                    "summary": "All 310 rows were written.",
                }
            ]
        },
    )

    operation_id: Id
    summary: Remark


class WorkerShown(Shown):
    """A worker; it is alive as long as it is heard of often enough."""

    id: Id
    display_name: Annotated[str, Field(examples=["Indexer 1"])]
    kind: Kind
    alive: bool
    created_at: datetime
    heartbeat_at: datetime


class WorkerPage(Shown):
    """A page of workers."""

    items: list[WorkerShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None


class WorkerReported(Shown):
    """The operation as it now is, and who did it."""

    worker_id: Id
    operation: OperationShown
