"""Finds the running operations whose worker has fallen silent, and fails them."""

from datetime import timedelta

from troth.reference.background import Task
from troth.reference.domain.operations import TRANSITIONS, values_of
from troth.reference.leases import locked
from troth.reference.platform import Platform
from troth.reference.storage import operations
from troth.reference.storage.tables import now

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
