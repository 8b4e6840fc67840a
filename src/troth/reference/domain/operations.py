"""The life of an operation: a table of transitions, each one conditional UPDATE; 409 otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy.orm import Session

from troth.reference.domain.access import Caller
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import operations as shapes
from troth.reference.storage import operations, workers
from troth.reference.storage.operations import Checkpoint, Operation
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import now

Step = Literal["start", "checkpoint", "complete", "fail", "cancel", "orphan"]


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a step leads where."""

    sources: frozenset[shapes.State]
    target: shapes.State
    stamp: str | None
    """The column that says when."""


_RUNNING: frozenset[shapes.State] = frozenset({"RUNNING"})
TRANSITIONS: Mapping[Step, Transition] = {
    "start": Transition(frozenset({"PENDING"}), "RUNNING", "started_at"),
    "checkpoint": Transition(_RUNNING, "RUNNING", None),
    "complete": Transition(_RUNNING, "COMPLETED", "finished_at"),
    "fail": Transition(_RUNNING, "FAILED", "finished_at"),
    "cancel": Transition(frozenset({"PENDING", "RUNNING"}), "CANCELLED", "finished_at"),
    # A state is never left backwards, and nobody knows how far a worker came that fell silent:
    # its operation has failed. The checkpoints tell a new one where to go on.
    "orphan": Transition(_RUNNING, "FAILED", "finished_at"),
}


def values_of(step: Step, **more: Any) -> dict[str, Any]:
    """What a step writes."""
    transition = TRANSITIONS[step]
    stamp = {transition.stamp: now()} if transition.stamp else {}
    return {"state": transition.target, **stamp, **more}


def take(
    db: Session,
    tenant_id: str,
    operation_id: str,
    step: Step,
    *,
    by: str | None = None,
    **more: Any,
) -> Operation:
    """Go one step; 404 where there is no such operation, 409 where its state forbids it."""
    values = values_of(step, **more)
    sources = TRANSITIONS[step].sources
    moved = operations.move(db, tenant_id, operation_id, sources, values, worker_id=by)
    if moved is not None:
        return moved
    found = operations.one(db, tenant_id, operation_id)
    if found is None:
        raise unknown()
    if by is not None and found.worker_id != by.lower():
        raise ProblemError(409, "This worker does not have that operation.")
    raise ProblemError(409, f"The operation is {found.state}.")


def create(platform: Platform, caller: Caller, new: shapes.NewOperation) -> shapes.OperationShown:
    """A new operation that nobody has begun."""
    row = Operation(tenant_id=caller.tenant_id, kind=new.kind, display_name=new.display_name)
    with platform.database.write() as db:
        db.add(row)
    return shown(row)


def pages(
    platform: Platform, caller: Caller, span: Span, state: shapes.State | None
) -> shapes.OperationPage:
    """The tenant's operations, or those of one state."""
    with platform.database.read() as db:
        rows = page(db, Operation, operations.of_tenant(caller.tenant_id, state), span)
    return shapes.OperationPage(
        items=[shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, caller: Caller, id_: str) -> shapes.OperationShown:
    """One operation."""
    with platform.database.read() as db:
        row = operations.one(db, caller.tenant_id, id_)
    if row is None:
        raise unknown()
    return shown(row)


def start(
    platform: Platform, caller: Caller, id_: str, given: shapes.OperationAssignment
) -> shapes.OperationShown:
    """Give it to a worker; that it takes it is a sign of life."""
    with platform.database.write() as db:
        worker = workers.beat(db, caller.tenant_id, given.worker_id)
        if worker is None:
            raise unknown()
        return shown(take(db, caller.tenant_id, id_, "start", worker_id=worker.id))


def complete(
    platform: Platform, caller: Caller, id_: str, given: shapes.OperationResult
) -> shapes.OperationShown:
    """It is done."""
    with platform.database.write() as db:
        return shown(take(db, caller.tenant_id, id_, "complete", summary=given.summary))


def fail(
    platform: Platform, caller: Caller, id_: str, given: shapes.OperationFailure
) -> shapes.OperationShown:
    """It has failed."""
    with platform.database.write() as db:
        return shown(take(db, caller.tenant_id, id_, "fail", reason=given.reason))


def cancel(platform: Platform, caller: Caller, id_: str) -> shapes.OperationShown:
    """It is not wanted any more."""
    with platform.database.write() as db:
        return shown(take(db, caller.tenant_id, id_, "cancel"))


def mark(
    platform: Platform, caller: Caller, id_: str, given: shapes.NewOperationCheckpoint
) -> shapes.OperationCheckpoint:
    """Note how far it has come."""
    with platform.database.write() as db:
        counted = Operation.checkpoint_count + 1
        row = take(db, caller.tenant_id, id_, "checkpoint", checkpoint_count=counted)
        return _checkpoint(operations.mark(db, row, given.progress, given.note))


def checkpoints(
    platform: Platform, caller: Caller, id_: str, span: Span
) -> shapes.OperationCheckpointPage:
    """How far it had come, and when."""
    with platform.database.read() as db:
        row = operations.one(db, caller.tenant_id, id_)
        if row is None:
            raise unknown()
        rows = page(db, Checkpoint, operations.checkpoints(row.id), span)
    return shapes.OperationCheckpointPage(
        items=[_checkpoint(each) for each in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def shown(row: Operation) -> shapes.OperationShown:
    """An operation, for its tenant."""
    return shapes.OperationShown(
        id=row.id,
        kind=cast("shapes.Kind", row.kind),
        display_name=row.display_name,
        state=cast("shapes.State", row.state),
        worker_id=row.worker_id,
        summary=row.summary,
        reason=row.reason,
        checkpoint_count=row.checkpoint_count,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _checkpoint(row: Checkpoint) -> shapes.OperationCheckpoint:
    return shapes.OperationCheckpoint(
        id=row.id,
        operation_id=row.operation_id,
        number=row.number,
        progress=row.progress,
        note=row.note,
        created_at=row.created_at,
    )
