"""Finds the running operations whose worker has fallen silent, and fails them."""

from datetime import timedelta

from troth.reference.background import Task
from troth.reference.domain.access import Caller
from troth.reference.domain.operations import TRANSITIONS, values_of
from troth.reference.leases import locked
from troth.reference.platform import Platform
from troth.reference.schemas.operations import Abandoned
from troth.reference.storage import operations
from troth.reference.storage.operations import Operation
from troth.reference.storage.tables import now
from troth.reference.storage.workers import Worker

REASON = "orphaned"


def task(platform: Platform) -> Task:
    """The background task that looks for them."""
    return Task("orphans", platform.settings.orphan_interval, lambda: sweep(platform))


def sweep(platform: Platform) -> int:
    """One round: how many have been failed.

    The lock spares other processes the same round; were it lost, the conditional UPDATE would
    still change each operation once.
    """
    silent_since = now() - timedelta(seconds=platform.settings.worker_timeout)
    (source,) = TRANSITIONS["orphan"].sources
    with locked(platform.leases, "orphans"), platform.database.write() as db:
        values = values_of("orphan", reason=REASON)
        return operations.abandon(db, silent_since, source, values)


def abandoned_for_test(platform: Platform, caller: Caller) -> Abandoned:
    """An operation that runs, of a worker that was not heard of for twice as long as it may."""
    silent = timedelta(seconds=2 * platform.settings.worker_timeout)
    worker = Worker(
        tenant_id=caller.tenant_id,
        display_name="Silent worker",
        kind="batch",
        heartbeat_at=now() - silent,
    )
    with platform.database.write() as db:
        db.add(worker)
        db.flush()
        row = Operation(
            tenant_id=caller.tenant_id,
            kind="batch",
            display_name="Abandoned",
            worker_id=worker.id,
            **values_of("start"),
        )
        db.add(row)
        db.flush()
    return Abandoned(id=row.id, state="RUNNING")
