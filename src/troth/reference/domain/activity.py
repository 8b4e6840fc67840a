"""A tenant's activity as one user sees it: listed, heard of, read and dismissed."""

from collections.abc import AsyncIterator, Callable

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from troth.reference.bus import heard, listening
from troth.reference.domain import notes
from troth.reference.domain.access import Caller
from troth.reference.domain.notes import Subject, note, topic
from troth.reference.domain.planting import stable_id
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated, unknown
from troth.reference.schemas.activity import ActivityPage, ActivityShown, Unread
from troth.reference.storage import activity, tenants, users
from troth.reference.storage.activity import Activity, ActivityMark, ActivityReceipt
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import now
from troth.reference.storage.upsert import put

__all__ = ["Subject", "note"]
_SEEDED = ("tenant.created", "member.joined", "settings.reviewed")


def pages(platform: Platform, caller: Caller, span: Span) -> ActivityPage:
    """What happened, but for what the caller has dismissed."""
    with platform.database.read() as db:
        rows = page(db, Activity, activity.seen_by(caller.tenant_id, caller.user_id), span)
        read = activity.read_among(db, caller.user_id, [row.id for row in rows.items])
        until = activity.read_until(db, caller.user_id)
        unread = activity.unread(db, caller.tenant_id, caller.user_id)
    return ActivityPage(
        items=[
            notes.shown(row, read=row.id in read or row.created_at <= until) for row in rows.items
        ],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
        unread_count=unread,
    )


def read(platform: Platform, caller: Caller, event_id: str, *, dismiss: bool = False) -> Unread:
    """Note that the caller has read an event, or wants to see it no more."""
    with platform.database.write() as db:
        _stays(db, caller)
        row = activity.one(db, caller.tenant_id, event_id)
        if row is None:
            raise unknown()
        values = {"dismissed_at": now()} if dismiss else {}
        put(db, ActivityReceipt, {"user_id": caller.user_id, "event_id": row.id}, values)
        return Unread(unread_count=activity.unread(db, caller.tenant_id, caller.user_id))


def read_all(platform: Platform, caller: Caller) -> Unread:
    """Note that the caller has read all that there is now: by that, none of it is unread."""
    with platform.database.write() as db:
        _stays(db, caller)
        put(db, ActivityMark, {"user_id": caller.user_id}, {"read_until": now()})
    return Unread(unread_count=0)


async def listen(
    platform: Platform, caller: Caller, admitted: Callable[[], object]
) -> AsyncIterator[Event]:
    """What happens from now on, for as long as the caller is admitted."""
    async with listening(platform.bus, topic(caller.tenant_id)) as queue:
        while True:
            message = ActivityShown.model_validate(await heard(queue))
            try:
                await run_in_threadpool(admitted)
            except ProblemError:
                return
            yield Event("activity", message.model_dump_json(), message.id)


def plant(platform: Platform, db: Session) -> None:
    """Three events for each seeded tenant."""
    del platform
    for slug in ("acme", "globex"):
        home = tenants.by_slug(db, slug)
        for action in _SEEDED if home else ():
            id_ = stable_id("activity", slug, action)
            if home is not None and db.get(Activity, id_) is None:
                kind = action.partition(".")[0]
                db.add(Activity(id=id_, tenant_id=home.id, action=action, subject_type=kind))


def _stays(db: Session, caller: Caller) -> None:
    if not users.exists(db, caller.user_id):
        raise unauthenticated(error="invalid_token")
