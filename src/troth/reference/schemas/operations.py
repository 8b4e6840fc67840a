"""Operations, what is reported of them, and how far they came."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import TEXT_PATTERN, Given, Id, Integer, Name, Shown

State = Literal["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"]
Kind = Literal["batch", "export", "import", "training"]
Count = Annotated[int, Field(ge=0)]
Remark = Annotated[str, Field(min_length=1, max_length=500, pattern=TEXT_PATTERN)]


class NewOperation(Given):
    """Work to be done."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "export", "display_name": "Export of March"}]},
    )

    kind: Kind
    display_name: Name


class OperationAssignment(Given):
    """Who does it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"worker_id": "0b9ae6a4-6d0f-4b8e-9f4e-2f1f0c9d7e11"}]},
    )

    worker_id: Id


class OperationResult(Given):
    """What came of it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"summary": "All 310 rows were written."}]}
    )

    summary: Remark


class OperationFailure(Given):
    """Why it failed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "The source could not be read."}]},
    )

    reason: Remark


class NewOperationCheckpoint(Given):
    """How far it has come."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"progress": 40, "note": "Row 124 of 310"}]}
    )

    progress: Annotated[Integer, Field(ge=0, le=100)]
    note: Remark


class OperationShown(Shown):
    """An operation."""

    id: Id
    kind: Kind
    display_name: Annotated[str, Field(examples=["Index the archive"])]
    state: State
    worker_id: Id | None
    summary: str | None
    reason: str | None
    checkpoint_count: Count
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Abandoned(Shown):
    """An operation whose worker has fallen silent."""

    id: Id
    state: Literal["RUNNING"]


class OperationPage(Shown):
    """A page of operations."""

    items: list[OperationShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class OperationCheckpoint(Shown):
    """How far an operation had come at one time."""

    id: Id
    operation_id: Id
    number: Annotated[int, Field(ge=1)]
    progress: Annotated[int, Field(ge=0, le=100)]
    note: str
    created_at: datetime


class OperationCheckpointPage(Shown):
    """A page of checkpoints."""

    items: list[OperationCheckpoint]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
