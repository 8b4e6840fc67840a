"""Workers: who does a tenant's operations, and whether they are heard of."""

from troth.reference.domain import workers
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.workers import (
    NewWorker,
    WorkerPage,
    WorkerReport,
    WorkerReported,
    WorkerShown,
)

routes = Routes("/api/v1/workers", "workers", "Who does a tenant's operations.")
UNKNOWN = {404: "Your tenant has no such worker."}


@routes.operation(
    "POST",
    "",
    "registerWorker",
    "Register a worker",
    access="writers",
    status=201,
    links={"beatWorker": {"worker_id": "$response.body#/id"}},
)
def register(body: NewWorker, caller: CallerHere, platform: Here) -> WorkerShown:
    """A new worker of the tenant."""
    return workers.register(platform, caller, body)


@routes.operation("GET", "", "listWorkers", "My tenant's workers", access="everyone")
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> WorkerPage:
    """In the order they registered."""
    return workers.pages(platform, caller, span)


@routes.operation(
    "POST",
    "/{worker_id}/heartbeat",
    "beatWorker",
    "A worker is alive",
    access="writers",
    errors=UNKNOWN,
)
def beat(worker_id: PathId, caller: CallerHere, platform: Here) -> WorkerShown:
    """Its running operations stay its own until it falls silent."""
    return workers.beat(platform, caller, worker_id)


@routes.operation(
    "POST",
    "/{worker_id}/complete",
    "reportCompletion",
    "A worker has completed an operation",
    access="writers",
    ids={"/api/v1/operations/{operation_id}": "/operation/id"},
    errors={
        404: "Your tenant has no such worker, or no such operation.",
        409: "This worker does not have that operation RUNNING.",
    },
)
def report(
    worker_id: PathId, body: WorkerReport, caller: CallerHere, platform: Here
) -> WorkerReported:
    """The worker's operation becomes COMPLETED."""
    return workers.report(platform, caller, worker_id, body)
