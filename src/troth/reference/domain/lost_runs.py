"""Ends what a dead process left under way: when the lease that it held is over, it has failed.

Turns of conversations, runs of workflows and turns of agents' sessions alike. A process that lives
on past its lease finds the end written, and goes no further.
"""

from datetime import datetime, timedelta

from troth.reference.background import Task
from troth.reference.domain import hook_delivery, hooks, ledger, workflow_runs
from troth.reference.domain.providers import counted
from troth.reference.leases import locked
from troth.reference.platform import Platform
from troth.reference.storage import agent_sessions as sessions
from troth.reference.storage import ledger as ledgers
from troth.reference.storage import workflow_runs as runs
from troth.reference.storage.ledger import Stream
from troth.reference.storage.tables import Conversation, now

_SAID = {"code": "lost", "message": "Whoever was answering has gone."}


def task(platform: Platform) -> Task:
    """The background task that looks for them."""
    return Task("lost-runs", platform.settings.orphan_interval, lambda: sweep(platform))


def sweep(platform: Platform) -> int:
    """One round: how many have been ended.

    The lock spares other processes the same round; were it lost, each end is still written once.
    """
    settings = platform.settings
    before = now() - timedelta(seconds=settings.ai_lease)
    with locked(platform.leases, "lost-runs"):
        found = _turns(platform, before) + _runs(platform, before)
        dropped = _sessions(platform, now() - timedelta(seconds=settings.agent_lease))
    if dropped:
        hook_delivery.deliver(platform)
    return found + dropped


def _turns(platform: Platform, before: datetime) -> int:
    with platform.database.read() as db:
        begun = ledgers.unended(db, before)
    return sum(_end_turn(platform, each.conversation_id, each.run_id) for each in begun)


def _end_turn(platform: Platform, conversation_id: str | None, run_id: str) -> bool:
    stream = Stream(conversation_id=conversation_id)
    with platform.database.write() as db:
        row = db.get(Conversation, conversation_id, with_for_update=True)
        if row is None or ledgers.ended(db, run_id):
            return False
        ledger.append(db, stream, run_id, "error", **_SAID)
        ledger.append(db, stream, run_id, "final", status="failed", usage=counted(()))
    return True


def _runs(platform: Platform, before: datetime) -> int:
    with platform.database.read() as db:
        stale = runs.stale(db, before)
    return sum(_end_run(platform, run_id, before) for run_id in stale)


def _end_run(platform: Platform, run_id: str, before: datetime) -> bool:
    with platform.database.write() as db:
        if not runs.stale(db, before, run_id=run_id) or not runs.move(db, run_id, "failed"):
            return False
        runs.end_steps(db, run_id, "failed")
        ledger.append(db, Stream(workflow_run_id=run_id), run_id, "error", **_SAID)
        workflow_runs.final(db, run_id, "failed")
    platform.bus.publish(workflow_runs.topic(run_id), {"ended": True})
    return True


def _sessions(platform: Platform, before: datetime) -> int:
    with platform.database.read() as db:
        stale = [row.id for row in sessions.stale(db, before)]
    return sum(_end_session(platform, id_, before) for id_ in stale)


def _end_session(platform: Platform, id_: str, before: datetime) -> bool:
    with platform.database.write() as db:
        for row in sessions.stale(db, before, id_=id_):
            row.status, row.updated_at = "error", now()
            hooks.note(db, platform, row, "turn.failed")
            return True
    return False
