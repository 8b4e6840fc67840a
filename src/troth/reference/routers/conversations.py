"""The caller's conversations."""

from typing import Annotated

from fastapi import Query, Response

from troth.reference.domain import conversations
from troth.reference.domain.access import CallerHere
from troth.reference.fields import TEXT_PATTERN, PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import conversations as shapes

routes = Routes("/api/v1/conversations", "conversations", "The caller's conversations.")
UNKNOWN = {404: "You have no such conversation."}
_ITS = (
    "getConversation",
    "deleteConversation",
    "listEvents",
    "listMessages",
    "addMessage",
    "renameConversation",
    "configureMemory",
)
_LINKS = {name: {"conversation_id": "$response.body#/id"} for name in _ITS}
Sought = Annotated[str, Query(min_length=1, max_length=120, pattern=TEXT_PATTERN)]


@routes.operation(
    "GET",
    "",
    "listConversations",
    "My conversations",
    access="everyone",
    ids={"/api/v1/conversations/{conversation_id}": "/items/0/id"},
)
def pages(
    caller: CallerHere,
    platform: Here,
    span: SpanHere,
) -> shapes.ConversationPage:
    """In the order they were started; `offset` counts from `cursor` where there is one."""
    return conversations.pages(platform, caller, span)


@routes.operation(
    "POST",
    "",
    "createConversation",
    "Start a conversation",
    access="writers",
    status=201,
    headers=("Location",),
    links=_LINKS,
)
def start(
    body: shapes.NewConversation, caller: CallerHere, platform: Here, response: Response
) -> shapes.ConversationDetail:
    """A new conversation, the caller's own."""
    shown = conversations.start(platform, caller, body)
    response.headers["Location"] = f"/api/v1/conversations/{shown.id}"
    return shown


@routes.operation(
    "GET",
    "/search",
    "searchConversations",
    "Search my conversations",
    access="everyone",
    ids={"/api/v1/conversations/{conversation_id}": "/items/0/id"},
)
def search(
    caller: CallerHere,
    platform: Here,
    q: Sought,
    span: SpanHere,
) -> shapes.ConversationPage:
    """Those whose name contains `q`, in upper or lower case."""
    return conversations.pages(platform, caller, span, q)


@routes.operation(
    "GET",
    "/{conversation_id}",
    "getConversation",
    "A conversation",
    access="everyone",
    ids={"/api/v1/conversations/{conversation_id}": "/id"},
    errors=UNKNOWN,
)
def one(conversation_id: PathId, caller: CallerHere, platform: Here) -> shapes.ConversationDetail:
    """One of the caller's conversations."""
    return conversations.one(platform, caller, conversation_id)


@routes.operation(
    "DELETE",
    "/{conversation_id}",
    "deleteConversation",
    "Delete a conversation",
    access="writers",
    status=204,
    errors=UNKNOWN,
    response_class=Response,
)
def remove(conversation_id: PathId, caller: CallerHere, platform: Here) -> None:
    """Deletes it with its messages."""
    conversations.remove(platform, caller, conversation_id)


@routes.operation(
    "GET",
    "/{conversation_id}/events",
    "listEvents",
    "What happened to a conversation",
    access="everyone",
    errors=UNKNOWN,
)
def events(
    conversation_id: PathId,
    caller: CallerHere,
    platform: Here,
    span: SpanHere,
) -> shapes.EventPage:
    """In the order it happened."""
    return conversations.events(platform, caller, conversation_id, span)


@routes.operation(
    "PATCH",
    "/{conversation_id}/title",
    "renameConversation",
    "Rename a conversation",
    access="writers",
    ids={"/api/v1/conversations/{conversation_id}": "/id"},
    errors=UNKNOWN,
)
def rename(
    conversation_id: PathId, body: shapes.NewTitle, caller: CallerHere, platform: Here
) -> shapes.TitleShown:
    """Gives it another name."""
    return conversations.rename(platform, caller, conversation_id, body)


@routes.operation(
    "PATCH",
    "/{conversation_id}/memory",
    "configureMemory",
    "Configure a conversation's memory",
    access="admins",
    errors=UNKNOWN,
)
def configure(
    conversation_id: PathId, body: shapes.NewMemory, caller: CallerHere, platform: Here
) -> shapes.Memory:
    """Changes how much it remembers."""
    return conversations.configure(platform, caller, conversation_id, body)
