"""An execution of a workflow run: it holds a lease, and leaves the run waiting or at its end."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from troth.reference.domain import ledger
from troth.reference.domain.access import Caller
from troth.reference.domain.concurrency import leased
from troth.reference.domain.workflow_catalog import Workflow, named
from troth.reference.domain.workflow_runs import known, stop
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated
from troth.reference.schemas.workflows import NewRun
from troth.reference.storage import users
from troth.reference.storage import workflow_runs as runs
from troth.reference.storage.ledger import Stream
from troth.reference.storage.workflow_runs import WorkflowRun, WorkflowStep


@dataclass(frozen=True, slots=True)
class Execution:
    """Under way."""

    caller: Caller
    workflow: Workflow
    run_id: str
    text: str
    """What the next step works on."""
    position: int
    """The next step."""
    lease: str
    begun: Event

    @property
    def stream(self) -> Stream:
        """Where its events are kept."""
        return Stream(workflow_run_id=self.run_id)


def begin(platform: Platform, caller: Caller, key: str, new: NewRun) -> Execution:
    """A new run; 404 for an unknown workflow, 429 if too many of the tenant's go on."""
    workflow = named(key)
    with _leased(platform, caller) as lease, platform.database.write() as db:
        if not users.exists(db, caller.user_id):
            raise unauthenticated(error="invalid_token")
        row = WorkflowRun(
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            workflow_key=key,
            message=new.message,
        )
        db.add(row)
        db.flush()
        db.add_all(
            WorkflowStep(run_id=row.id, position=position, key=step.key)
            for position, step in enumerate(workflow.steps)
        )
        db.flush()
        queued = entered(db, row.id, "queued")
        return Execution(caller, workflow, row.id, new.message, 0, lease, queued)


def approve(platform: Platform, caller: Caller, run_id: str) -> Execution:
    """A run that waited and goes on; 409 if it does not wait, 429 as when one begins."""
    with _leased(platform, caller) as lease, platform.database.write() as db:
        row = known(db, caller, run_id, lock=True)
        if row.status != "waiting":
            raise ProblemError(409, "The run does not wait for approval.")
        return _approved(db, caller, row, lease)


def _approved(db: Session, caller: Caller, row: WorkflowRun, lease: str) -> Execution:
    steps = runs.steps(db, row.id)
    at = next(number for number, step in enumerate(steps) if step.status == "waiting")
    # Of any number that approve at once, the lock lets one find the run waiting.
    runs.move(db, row.id, "running")
    text = next((step.output for step in reversed(steps[:at]) if step.output), row.message)
    runs.move_step(db, row.id, steps[at].key, "succeeded", output=text)
    workflow = named(row.workflow_key)
    begun = entered(db, row.id, "running")
    return Execution(caller, workflow, row.id, text, at + 1, lease, begun)


def entered(db: Session, run_id: str, status: str) -> Event:
    """Tell that a locked run is in that state."""
    stream = Stream(workflow_run_id=run_id)
    return ledger.append(db, stream, run_id, "lifecycle", status=status)


def end(platform: Platform, execution: Execution) -> None:
    """Give the lease back; a run that was broken off is canceled."""
    try:
        with platform.database.write() as db:
            if not runs.hold(db, execution.run_id, "waiting"):
                stop(db, execution.run_id)
    finally:
        platform.leases.release(_key(execution.caller), execution.lease)


def _leased(platform: Platform, caller: Caller) -> AbstractContextManager[str]:
    return leased(platform, _key(caller), platform.settings.workflow_concurrency)


def _key(caller: Caller) -> str:
    return f"workflow:{caller.tenant_id}"
