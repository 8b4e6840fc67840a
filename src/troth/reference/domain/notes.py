"""Notes what happens in a tenant, and tells its listeners once it is certain."""

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from troth.reference.limits import UnreachableError
from troth.reference.logs import log
from troth.reference.platform import Platform
from troth.reference.schemas.activity import ActivityShown
from troth.reference.storage.activity import Activity

_WAITING = "troth.activity"


@dataclass(frozen=True, slots=True)
class Subject:
    """What something happened to; `id` need not be one that everyone can fetch."""

    type: str
    id: str | None = None


def topic(tenant_id: str) -> str:
    """Where listeners of a tenant listen."""
    return f"activity:{tenant_id}"


def note(
    platform: Platform,
    db: Session,
    tenant_id: str,
    action: str,
    subject: Subject,
    *,
    actor_id: str | None = None,
) -> Activity:
    """Note `action`, like `conversation.created`, in this transaction.

    Listeners are told after its commit: never of what is then rolled back, and never too early
    to find it.
    """
    row = Activity(
        tenant_id=tenant_id,
        action=action,
        actor_id=actor_id,
        subject_type=subject.type,
        subject_id=subject.id,
    )
    db.add(row)
    db.flush()
    if _WAITING not in db.info:
        db.info[_WAITING] = []
        event.listen(db, "after_commit", lambda session: _publish(platform, session))
    db.info[_WAITING].append((topic(tenant_id), shown(row, read=False).model_dump(mode="json")))
    return row


def _publish(platform: Platform, session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint only
    waiting: list[tuple[str, dict[str, Any]]] = session.info[_WAITING]
    session.info[_WAITING] = []
    try:
        for where, message in waiting:
            platform.bus.publish(where, message)
    except UnreachableError as error:
        # It did happen, and is listed: only those who listen right now miss it.
        log(logging.WARNING, "activity.unpublished", exc_info=error)


def shown(row: Activity, *, read: bool) -> ActivityShown:
    """As its readers see it."""
    return ActivityShown(
        id=row.id,
        action=row.action,
        actor_id=row.actor_id,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        created_at=row.created_at,
        read=read,
    )
