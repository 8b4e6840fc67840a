"""Operations: long work of a tenant, from PENDING to its end."""

from typing import Annotated

from fastapi import Query, Response

from troth.reference.domain import operations
from troth.reference.domain.access import CallerHere
from troth.reference.fields import NotNull, PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import operations as shapes

routes = Routes("/api/v1/operations", "operations", "Long work of a tenant, done by workers.")
UNKNOWN = {404: "Your tenant has no such operation."}
_ITS = (
    "getOperation",
    "startOperation",
    "cancelOperation",
    "listOperationCheckpoints",
)
_LINKS = {name: {"operation_id": "$response.body#/id"} for name in _ITS}
_RUNNING = {
    name: {"operation_id": "$response.body#/id"}
    for name in ("addOperationCheckpoint", "completeOperation", "failOperation")
}
_NOT_PENDING = {409: "The operation is not PENDING."}
_NOT_RUNNING = {409: "The operation is not RUNNING."}
OfState = Annotated[
    shapes.State | None, NotNull(), Query(description="Only operations of this state.")
]


@routes.operation(
    "POST",
    "",
    "createOperation",
    "Put work in the queue",
    access="writers",
    status=201,
    headers=("Location",),
    links=_LINKS,
)
def create(
    body: shapes.NewOperation, caller: CallerHere, platform: Here, response: Response
) -> shapes.OperationShown:
    """A new operation, which is PENDING."""
    made = operations.create(platform, caller, body)
    response.headers["Location"] = f"/api/v1/operations/{made.id}"
    return made


@routes.operation(
    "GET",
    "",
    "listOperations",
    "My tenant's operations",
    access="everyone",
    ids={"/api/v1/operations/{operation_id}": "/items/0/id"},
)
def pages(
    caller: CallerHere, platform: Here, span: SpanHere, state: OfState = None
) -> shapes.OperationPage:
    """In the order they were created."""
    return operations.pages(platform, caller, span, state)


@routes.operation(
    "GET",
    "/{operation_id}",
    "getOperation",
    "An operation",
    access="everyone",
    ids={"/api/v1/operations/{operation_id}": "/id"},
    errors=UNKNOWN,
)
def one(operation_id: PathId, caller: CallerHere, platform: Here) -> shapes.OperationShown:
    """One of the tenant's operations."""
    return operations.one(platform, caller, operation_id)


@routes.operation(
    "POST",
    "/{operation_id}/start",
    "startOperation",
    "Give an operation to a worker",
    access="writers",
    errors={404: "Your tenant has no such operation, or no such worker.", **_NOT_PENDING},
    links=_RUNNING,
)
def start(
    operation_id: PathId, body: shapes.OperationAssignment, caller: CallerHere, platform: Here
) -> shapes.OperationShown:
    """PENDING becomes RUNNING; that the worker takes it counts as its heartbeat."""
    return operations.start(platform, caller, operation_id, body)


@routes.operation(
    "POST",
    "/{operation_id}/complete",
    "completeOperation",
    "An operation is done",
    access="writers",
    ids={"/api/v1/operations/{operation_id}": "/id"},
    errors=UNKNOWN | _NOT_RUNNING,
)
def complete(
    operation_id: PathId, body: shapes.OperationResult, caller: CallerHere, platform: Here
) -> shapes.OperationShown:
    """RUNNING becomes COMPLETED."""
    return operations.complete(platform, caller, operation_id, body)


@routes.operation(
    "POST",
    "/{operation_id}/fail",
    "failOperation",
    "An operation has failed",
    access="writers",
    ids={"/api/v1/operations/{operation_id}": "/id"},
    errors=UNKNOWN | _NOT_RUNNING,
)
def fail(
    operation_id: PathId, body: shapes.OperationFailure, caller: CallerHere, platform: Here
) -> shapes.OperationShown:
    """RUNNING becomes FAILED."""
    return operations.fail(platform, caller, operation_id, body)


@routes.operation(
    "POST",
    "/{operation_id}/cancel",
    "cancelOperation",
    "Cancel an operation",
    access="writers",
    ids={"/api/v1/operations/{operation_id}": "/id"},
    errors=UNKNOWN | {409: "The operation has ended already."},
)
def cancel(operation_id: PathId, caller: CallerHere, platform: Here) -> shapes.OperationShown:
    """PENDING or RUNNING becomes CANCELLED."""
    return operations.cancel(platform, caller, operation_id)


@routes.operation(
    "GET",
    "/{operation_id}/checkpoints",
    "listOperationCheckpoints",
    "How far an operation came",
    access="everyone",
    errors=UNKNOWN,
)
def checkpoints(
    operation_id: PathId, caller: CallerHere, platform: Here, span: SpanHere
) -> shapes.OperationCheckpointPage:
    """In the order they were reached."""
    return operations.checkpoints(platform, caller, operation_id, span)


@routes.operation(
    "POST",
    "/{operation_id}/checkpoints",
    "addOperationCheckpoint",
    "Note how far an operation has come",
    access="writers",
    ids={"/api/v1/operations/{operation_id}": "/operation_id"},
    status=201,
    errors=UNKNOWN | _NOT_RUNNING,
)
def mark(
    operation_id: PathId, body: shapes.NewOperationCheckpoint, caller: CallerHere, platform: Here
) -> shapes.OperationCheckpoint:
    """The next checkpoint of a RUNNING operation."""
    return operations.mark(platform, caller, operation_id, body)
