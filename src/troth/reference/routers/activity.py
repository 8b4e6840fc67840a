"""What happens in the caller's tenant."""

from functools import partial

from fastapi import Request
from fastapi.responses import StreamingResponse

from troth.reference import events
from troth.reference.domain import activity
from troth.reference.domain.access import CallerHere, authenticate
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.activity import ActivityPage, ActivityShown, Unread
from troth.reference.schemas.streams import Ping

routes = Routes("/api/v1/activity", "activity", "What happens in the caller's tenant.")
_UNKNOWN = {404: "Your tenant has no such event."}
_LINKS = {
    name: {"event_id": "$response.body#/items/0/id"} for name in ("readActivity", "dismissActivity")
}


@routes.operation(
    "GET",
    "",
    "listActivity",
    "What happened in my tenant",
    access="everyone",
    scope="activity:read",
    links=_LINKS,
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> ActivityPage:
    """In the order it happened, but for what the caller has dismissed."""
    return activity.pages(platform, caller, span)


@routes.operation(
    "GET",
    "/stream",
    "streamActivity",
    "What happens in my tenant",
    access="everyone",
    scope="activity:read",
    events={"ping": Ping, "activity": ActivityShown},
    order="ping (ping|activity)*",
)
async def stream(caller: CallerHere, platform: Here, request: Request) -> StreamingResponse:
    """What happens from now on. It ends with the first event after the caller's access has."""
    admitted = partial(authenticate, platform, request.headers)
    source = activity.listen(platform, caller, admitted)
    await platform.bus.ready()  # 503 while nothing can be heard, instead of a stream that is deaf
    return events.respond(source, heartbeat=platform.settings.heartbeat or None)


@routes.operation(
    "POST",
    "/{event_id}/read",
    "readActivity",
    "Read an event",
    access="everyone",
    scope="activity:read",
    errors=_UNKNOWN,
)
def read(event_id: PathId, caller: CallerHere, platform: Here) -> Unread:
    """For the caller; nobody else notices."""
    return activity.read(platform, caller, event_id)


@routes.operation(
    "POST",
    "/{event_id}/dismiss",
    "dismissActivity",
    "Dismiss an event",
    access="everyone",
    scope="activity:read",
    errors=_UNKNOWN,
)
def dismiss(event_id: PathId, caller: CallerHere, platform: Here) -> Unread:
    """It is read, and no more listed for the caller."""
    return activity.read(platform, caller, event_id, dismiss=True)


@routes.operation(
    "POST",
    "/mark-all-read",
    "readAllActivity",
    "Read everything",
    access="everyone",
    scope="activity:read",
)
def read_all(caller: CallerHere, platform: Here) -> Unread:
    """All that has happened until now."""
    return activity.read_all(platform, caller)
