"""The workflows that can be run, and running them."""

from fastapi import Response
from starlette.responses import StreamingResponse

from troth.reference.domain import executions, workflow_catalog, workflow_execution
from troth.reference.domain.access import CallerHere
from troth.reference.events import EventStream
from troth.reference.platform import Here
from troth.reference.routers.workflow_runs import ITS
from troth.reference.routes import Routes
from troth.reference.schemas import workflows as shapes
from troth.reference.schemas.agents import PathKey
from troth.reference.schemas.public_events import OF_RUN

routes = Routes("/api/v1/workflows", "workflows", "Workflows, and their runs.")
running = Routes("/api/v1/workflows", "ai", "What an AI provider answers.")
_UNKNOWN = {404: "There is no such workflow."}
_LINKS = {
    name: {"workflow_key": "$response.body#/items/0/key"}
    for name in ("getWorkflow", "runWorkflow", "streamWorkflow")
}


@routes.operation("GET", "", "listWorkflows", "All workflows", access="everyone", links=_LINKS)
def listed() -> shapes.WorkflowList:
    """In the order of the catalogue."""
    return workflow_catalog.listed()


@routes.operation(
    "GET",
    "/{workflow_key}",
    "getWorkflow",
    "A workflow",
    access="everyone",
    ids={"/api/v1/workflows/{workflow_key}": "/key"},
    errors=_UNKNOWN,
)
def one(workflow_key: PathKey) -> shapes.WorkflowDescriptor:
    """What it does, step by step."""
    return workflow_catalog.described(workflow_key)


@running.operation(
    "POST",
    "/{workflow_key}/run",
    "runWorkflow",
    "Run a workflow",
    access="writers",
    scope="workflows:run",
    status=201,
    errors=_UNKNOWN,
    headers=("Location",),
    links=ITS,
)
async def run(
    workflow_key: PathKey,
    body: shapes.NewRun,
    caller: CallerHere,
    platform: Here,
    response: Response,
) -> shapes.RunDetail:
    """The run at its end, or where it waits for somebody's approval."""
    shown = await workflow_execution.started(platform, caller, workflow_key, body)
    response.headers["Location"] = f"/api/v1/workflows/runs/{shown.workflow_run_id}"
    return shown


@running.operation(
    "POST",
    "/{workflow_key}/run-stream",
    "streamWorkflow",
    "Run a workflow, and listen",
    access="writers",
    scope="workflows:run",
    errors=_UNKNOWN,
    events=OF_RUN,
    order=workflow_execution.ORDER,
)
def listen(
    workflow_key: PathKey, body: shapes.NewRun, caller: CallerHere, platform: Here
) -> StreamingResponse:
    """What happens in it, until it ends or waits; whoever hangs up cancels it."""
    execution = executions.begin(platform, caller, workflow_key, body)
    told = workflow_execution.events(platform, execution)
    return EventStream(told, ended=lambda: executions.end(platform, execution))
