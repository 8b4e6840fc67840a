"""The workflow runs of the caller's tenant."""

from fastapi import Response
from starlette.responses import StreamingResponse

from troth.reference import events
from troth.reference.domain import workflow_execution, workflow_runs
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import workflows as shapes
from troth.reference.schemas.public_events import DONE, OF_RUN, LedgerPage

routes = Routes("/api/v1/workflows/runs", "workflows", "Workflows, and their runs.")
approving = Routes("/api/v1/workflows/runs", "ai", "What an AI provider answers.")
_UNKNOWN = {404: "Your tenant has no such run."}
ITS = {
    name: {"run_id": "$response.body#/workflow_run_id"}
    for name in (
        "getWorkflowRun",
        "cancelWorkflowRun",
        "approveWorkflowRun",
        "deleteWorkflowRun",
        "listRunEvents",
        "replayRun",
    )
}
"""Where a run's id leads."""


@routes.operation(
    "GET",
    "",
    "listWorkflowRuns",
    "Workflow runs",
    access="everyone",
    ids={"/api/v1/workflows/runs/{run_id}": "/items/0/workflow_run_id"},
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.RunPage:
    """In the order they were started; `offset` counts from `cursor` where there is one."""
    return workflow_runs.pages(platform, caller, span)


@routes.operation(
    "GET",
    "/{run_id}",
    "getWorkflowRun",
    "A workflow run",
    access="everyone",
    ids={
        "/api/v1/workflows/runs/{run_id}": "/workflow_run_id",
        "/api/v1/workflows/{workflow_key}": "/workflow_key",
    },
    errors=_UNKNOWN,
)
def one(run_id: PathId, caller: CallerHere, platform: Here) -> shapes.RunDetail:
    """How far it has come, step by step."""
    return workflow_runs.one(platform, caller, run_id)


@routes.operation(
    "POST",
    "/{run_id}/cancel",
    "cancelWorkflowRun",
    "Cancel a workflow run",
    access="writers",
    ids={"/api/v1/workflows/runs/{run_id}": "/workflow_run_id"},
    scope="workflows:run",
    status=202,
    errors={**_UNKNOWN, 409: "The run has ended."},
)
def cancel(run_id: PathId, caller: CallerHere, platform: Here) -> shapes.RunCanceled:
    """It goes no further; whoever listens to it is told."""
    return workflow_runs.cancel(platform, caller, run_id)


@approving.operation(
    "POST",
    "/{run_id}/approve",
    "approveWorkflowRun",
    "Approve a workflow run",
    access="writers",
    ids={"/api/v1/workflows/runs/{run_id}": "/workflow_run_id"},
    scope="workflows:run",
    errors={**_UNKNOWN, 409: "The run does not wait for approval."},
)
async def approve(run_id: PathId, caller: CallerHere, platform: Here) -> shapes.RunDetail:
    """It goes on from where it waits."""
    return await workflow_execution.approved(platform, caller, run_id)


@routes.operation(
    "DELETE",
    "/{run_id}",
    "deleteWorkflowRun",
    "Delete a workflow run",
    access="admins",
    status=204,
    errors=_UNKNOWN,
    response_class=Response,
)
def remove(run_id: PathId, caller: CallerHere, platform: Here) -> None:
    """Nobody sees it any more; one that goes on is canceled."""
    workflow_runs.remove(platform, caller, run_id)


@routes.operation(
    "GET",
    "/{run_id}/replay/events",
    "listRunEvents",
    "What was sent of a run",
    access="everyone",
    errors=_UNKNOWN,
)
def told(run_id: PathId, caller: CallerHere, platform: Here, span: SpanHere) -> LedgerPage:
    """Each event, in the order they were sent."""
    return workflow_runs.told(platform, caller, run_id, span)


@routes.operation(
    "GET",
    "/{run_id}/replay/stream",
    "replayRun",
    "Replay a run",
    access="everyone",
    errors=_UNKNOWN,
    events={**OF_RUN, "done": DONE},
    order="(lifecycle|step.started|message.delta|step.completed|error|final)+ done",
)
def replay(run_id: PathId, caller: CallerHere, platform: Here) -> StreamingResponse:
    """Byte for byte what was sent of it until now, and that this is all."""
    return events.respond(workflow_runs.replay(platform, caller, run_id))
