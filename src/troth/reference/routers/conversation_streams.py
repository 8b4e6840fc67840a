"""What can be listened to of one of the caller's conversations."""

from starlette.responses import StreamingResponse

from troth.reference import events
from troth.reference.domain import conversation_ledger, titles
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routers.conversations import UNKNOWN
from troth.reference.routes import Routes
from troth.reference.schemas.chat import TitleCompleted, TitleDelta
from troth.reference.schemas.public_events import DONE, OF_CHAT, LedgerPage

routes = Routes(
    "/api/v1/conversations/{conversation_id}",
    "conversation-streams",
    "What was, and is, told of a conversation.",
)


@routes.operation(
    "GET",
    "/stream",
    "streamTitle",
    "A title for a conversation",
    access="everyone",
    errors=UNKNOWN,
    events={"title.delta": TitleDelta, "title.completed": TitleCompleted, "done": DONE},
    order="title.delta+ title.completed done",
)
def title(conversation_id: PathId, caller: CallerHere, platform: Here) -> StreamingResponse:
    """Made anew from what was asked first, word by word; what it is called does not change."""
    return events.respond(titles.told(titles.anew(platform, caller, conversation_id)))


@routes.operation(
    "GET",
    "/ledger/events",
    "listLedger",
    "What was sent in a conversation",
    access="everyone",
    errors=UNKNOWN,
)
def listed(
    conversation_id: PathId, caller: CallerHere, platform: Here, span: SpanHere
) -> LedgerPage:
    """Each event of its turns, in the order they were sent."""
    return conversation_ledger.pages(platform, caller, conversation_id, span)


@routes.operation(
    "GET",
    "/ledger/stream",
    "replayLedger",
    "Replay a conversation",
    access="everyone",
    errors=UNKNOWN,
    events={**OF_CHAT, "done": DONE},
    order="(lifecycle|message.delta|message.completed|error|final)* done",
)
def replay(conversation_id: PathId, caller: CallerHere, platform: Here) -> StreamingResponse:
    """Byte for byte what was sent of its turns until now, and that this is all."""
    return events.respond(conversation_ledger.replay(platform, caller, conversation_id))
