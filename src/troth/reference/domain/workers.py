"""Workers register, say that they live, and report what they have completed."""

from datetime import timedelta
from typing import cast

from troth.reference.domain import operations
from troth.reference.domain.access import Caller
from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.schemas.operations import Kind
from troth.reference.schemas.workers import (
    NewWorker,
    WorkerPage,
    WorkerReport,
    WorkerReported,
    WorkerShown,
)
from troth.reference.storage import workers
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import now
from troth.reference.storage.workers import Worker


def register(platform: Platform, caller: Caller, new: NewWorker) -> WorkerShown:
    """A new worker; registering is its first sign of life."""
    row = Worker(tenant_id=caller.tenant_id, display_name=new.display_name, kind=new.kind)
    with platform.database.write() as db:
        db.add(row)
    return _shown(platform, row)


def pages(platform: Platform, caller: Caller, span: Span) -> WorkerPage:
    """The tenant's workers."""
    with platform.database.read() as db:
        rows = page(db, Worker, workers.of_tenant(caller.tenant_id), span)
    return WorkerPage(
        items=[_shown(platform, row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def beat(platform: Platform, caller: Caller, id_: str) -> WorkerShown:
    """It lives."""
    with platform.database.write() as db:
        row = workers.beat(db, caller.tenant_id, id_)
        if row is None:
            raise unknown()
        return _shown(platform, row)


def report(platform: Platform, caller: Caller, id_: str, given: WorkerReport) -> WorkerReported:
    """It has completed an operation that it has; of one it has lost, it is told so."""
    with platform.database.write() as db:
        row = workers.beat(db, caller.tenant_id, id_)
        if row is None:
            raise unknown()
        done = operations.take(
            db, caller.tenant_id, given.operation_id, "complete", by=row.id, summary=given.summary
        )
        return WorkerReported(worker_id=row.id, operation=operations.shown(done))


def _shown(platform: Platform, row: Worker) -> WorkerShown:
    silence = now() - row.heartbeat_at
    return WorkerShown(
        id=row.id,
        display_name=row.display_name,
        kind=cast("Kind", row.kind),
        alive=silence < timedelta(seconds=platform.settings.worker_timeout),
        created_at=row.created_at,
        heartbeat_at=row.heartbeat_at,
    )
