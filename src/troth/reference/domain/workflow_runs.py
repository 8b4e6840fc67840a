"""A tenant's workflow runs: read, canceled, deleted, replayed; another tenant's do not exist."""

from collections.abc import AsyncIterator
from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain import ledger
from troth.reference.domain.access import Caller
from troth.reference.domain.providers import Spent, counted
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import workflows as shapes
from troth.reference.schemas.public_events import LedgerPage, RunStatus
from troth.reference.storage import workflow_runs as runs
from troth.reference.storage.ledger import Stream
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import now
from troth.reference.storage.workflow_runs import WorkflowRun


def known(db: Session, caller: Caller, run_id: str, *, lock: bool = False) -> WorkflowRun:
    """The run of that id in the caller's tenant; ProblemError 404 for any other."""
    found = runs.one(db, caller.tenant_id, run_id, lock=lock)
    if found is None:
        raise unknown()
    return found


def topic(run_id: str) -> str:
    """Where it is told that a run goes no further."""
    return f"workflow-run:{run_id}"


def pages(platform: Platform, caller: Caller, span: Span) -> shapes.RunPage:
    """The tenant's runs."""
    with platform.database.read() as db:
        rows = page(db, WorkflowRun, runs.of_tenant(caller.tenant_id), span)
    return shapes.RunPage(
        items=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, caller: Caller, run_id: str) -> shapes.RunDetail:
    """One run, step by step."""
    with platform.database.read() as db:
        row = known(db, caller, run_id)
        steps = runs.steps(db, row.id)
    return shapes.RunDetail(
        **_shown(row).model_dump(),
        steps=[
            shapes.RunStep(
                key=each.key,
                status=cast("shapes.StepStatus", each.status),
                output=each.output,
                started_at=each.started_at,
                finished_at=each.finished_at,
            )
            for each in steps
        ],
    )


def cancel(platform: Platform, caller: Caller, run_id: str) -> shapes.RunCanceled:
    """Let the run go no further; ProblemError 409 if it has ended."""
    with platform.database.write() as db:
        row = known(db, caller, run_id, lock=True)
        if not stop(db, row.id):
            raise ProblemError(409, "The run has ended.")
    platform.bus.publish(topic(row.id), {})
    return shapes.RunCanceled(success=True, workflow_run_id=row.id, status="canceled")


def remove(platform: Platform, caller: Caller, run_id: str) -> None:
    """Let nobody see the run any more; one that goes on is canceled."""
    with platform.database.write() as db:
        row = known(db, caller, run_id, lock=True)
        stop(db, row.id)
        row.deleted_at = now()
    platform.bus.publish(topic(row.id), {})


def stop(db: Session, run_id: str) -> bool:
    """Cancel the run if it has not ended; whether that was so."""
    if not runs.move(db, run_id, "canceled"):
        return False
    runs.end_steps(db, run_id, "canceled")
    final(db, run_id, "canceled")
    return True


def final(db: Session, run_id: str, status: str) -> Event:
    """The last event of a locked run: how it ended, and what its steps cost."""
    spent = [Spent(each.prompt_tokens, each.completion_tokens) for each in runs.steps(db, run_id)]
    stream = Stream(workflow_run_id=run_id)
    return ledger.append(db, stream, run_id, "final", status=status, usage=counted(spent))


def told(platform: Platform, caller: Caller, run_id: str, span: Span) -> LedgerPage:
    """What was sent of the run, a page at a time."""
    with platform.database.read() as db:
        row = known(db, caller, run_id)
        return ledger.pages(db, Stream(workflow_run_id=row.id), span)


def replay(platform: Platform, caller: Caller, run_id: str) -> AsyncIterator[Event]:
    """What was sent of the run, once more; ProblemError 404 before anything is."""
    with platform.database.read() as db:
        row = known(db, caller, run_id)
    return ledger.replay(platform, Stream(workflow_run_id=row.id))


def _shown(row: WorkflowRun) -> shapes.RunShown:
    return shapes.RunShown(
        workflow_run_id=row.id,
        workflow_key=row.workflow_key,
        status=cast("RunStatus", row.status),
        message=row.message,
        output=row.output,
        started_by=row.user_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        finished_at=row.finished_at,
    )
