"""Talking to agents."""

from starlette.responses import StreamingResponse

from troth.reference.domain import chat, turns
from troth.reference.domain.access import CallerHere
from troth.reference.events import EventStream
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.chat import ChatShown, NewTurn
from troth.reference.schemas.public_events import OF_CHAT

routes = Routes("/api/v1/chat", "ai", "What an AI provider answers.")
_UNKNOWN = {404: "You have no such conversation."}
_LINKS = {
    name: {"conversation_id": "$response.body#/conversation_id"}
    for name in ("getConversation", "streamTitle", "listLedger", "replayLedger")
}


@routes.operation(
    "POST",
    "",
    "chat",
    "Ask an agent",
    access="writers",
    scope="agents:run",
    errors=_UNKNOWN,
    links=_LINKS,
)
async def ask(body: NewTurn, caller: CallerHere, platform: Here) -> ChatShown:
    """Its whole answer; question and answer are in the conversation, which may be a new one."""
    return await chat.answer(platform, caller, body)


@routes.operation(
    "POST",
    "/stream",
    "streamChat",
    "Ask an agent, and listen",
    access="writers",
    scope="agents:run",
    errors=_UNKNOWN,
    events=OF_CHAT,
    order=chat.ORDER,
)
def listen(body: NewTurn, caller: CallerHere, platform: Here) -> StreamingResponse:
    """Its answer as it comes; whoever hangs up cancels the turn."""
    turn = turns.begin(platform, caller, body)
    return EventStream(chat.events(platform, turn), ended=lambda: turns.end(platform, turn))
