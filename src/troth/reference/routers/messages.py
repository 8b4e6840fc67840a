"""The messages of one of the caller's conversations."""

from fastapi import Response

from troth.reference.domain import messages
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import conversations as shapes

routes = Routes(
    "/api/v1/conversations/{conversation_id}/messages", "messages", "What is said in conversations."
)
_UNKNOWN = {404: "You have no such conversation."}
_UNKNOWN_MESSAGE = {404: "You have no such conversation, or it no such message."}
_LINKS = {
    name: {
        "conversation_id": "$response.body#/conversation_id",
        "message_id": "$response.body#/id",
    }
    for name in ("getMessage", "deleteMessage")
}


@routes.operation(
    "GET",
    "",
    "listMessages",
    "Messages of a conversation",
    access="everyone",
    ids={"/api/v1/conversations/{conversation_id}/messages/{message_id}": "/items/0/id"},
    errors=_UNKNOWN,
)
def pages(
    conversation_id: PathId,
    caller: CallerHere,
    platform: Here,
    span: SpanHere,
) -> shapes.MessagePage:
    """Oldest first; `offset` counts from `cursor` where there is one."""
    return messages.pages(platform, caller, conversation_id, span)


@routes.operation(
    "POST",
    "",
    "addMessage",
    "Add a message",
    access="writers",
    status=201,
    errors=_UNKNOWN,
    headers=("Location",),
    links=_LINKS,
)
def add(
    conversation_id: PathId,
    body: shapes.NewMessage,
    caller: CallerHere,
    platform: Here,
    response: Response,
) -> shapes.MessageShown:
    """One more message at the end."""
    shown = messages.add(platform, caller, conversation_id, body)
    where = f"/api/v1/conversations/{shown.conversation_id}/messages/{shown.id}"
    response.headers["Location"] = where
    return shown


@routes.operation(
    "GET",
    "/{message_id}",
    "getMessage",
    "A message",
    access="everyone",
    ids={"/api/v1/conversations/{conversation_id}/messages/{message_id}": "/id"},
    errors=_UNKNOWN_MESSAGE,
)
def one(
    conversation_id: PathId, message_id: PathId, caller: CallerHere, platform: Here
) -> shapes.MessageShown:
    """One message of that conversation."""
    return messages.one(platform, caller, conversation_id, message_id)


@routes.operation(
    "DELETE",
    "/{message_id}",
    "deleteMessage",
    "Delete a message",
    access="writers",
    ids={"/api/v1/conversations/{conversation_id}": "/conversation_id"},
    errors=_UNKNOWN_MESSAGE,
)
def remove(
    conversation_id: PathId, message_id: PathId, caller: CallerHere, platform: Here
) -> shapes.MessageDeleted:
    """Deletes it, and says which it was."""
    return messages.remove(platform, caller, conversation_id, message_id)
