"""Conversations, their messages, their events."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import (
    Boolean,
    Content,
    Given,
    Id,
    Integer,
    MessageRole,
    Name,
    Shown,
)

MemoryMode = Literal["none", "window", "summary"]
EventType = Literal[
    "conversation.created", "message.added", "message.deleted", "title.changed", "memory.changed"
]
Count = Annotated[int, Field(ge=0)]


class NewConversation(Given):
    """A conversation to be started."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"display_name": "Quarterly report"}]}
    )

    display_name: Name


class NewMessage(Given):
    """A message to be added."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"role": "user", "content": "How did we do?"}]},
    )

    role: MessageRole
    content: Content


class NewTitle(Given):
    """Another name."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"display_name": "Annual report"}]}
    )

    display_name: Name


class NewMemory(Given):
    """How much a conversation remembers."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"mode": "summary", "max_turns": 50, "pinned": False}]},
    )

    mode: MemoryMode
    max_turns: Annotated[Integer, Field(ge=1, le=1000)]
    pinned: Boolean


class Memory(Shown):
    """How much a conversation remembers."""

    mode: MemoryMode
    max_turns: int
    pinned: bool


class ConversationShown(Shown):
    """A conversation."""

    id: Id
    display_name: Annotated[str, Field(examples=["Quarterly report"])]
    created_at: datetime
    updated_at: datetime
    memory: Memory


class ConversationDetail(ConversationShown):
    """A conversation, and how long it has become."""

    message_count: Count


class ConversationPage(Shown):
    """A page of conversations."""

    items: list[ConversationShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class TitleShown(Shown):
    """The name as it now is."""

    id: Id
    display_name: Annotated[str, Field(examples=["Annual report"])]


class MessageShown(Shown):
    """A message."""

    id: Id
    conversation_id: Id
    role: MessageRole
    content: str
    created_at: datetime


class MessagePage(Shown):
    """A page of messages."""

    items: list[MessageShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class MessageDeleted(Shown):
    """What is gone."""

    deleted_message_id: Id
    conversation_id: Id


class EventShown(Shown):
    """Something that happened to a conversation."""

    id: Id
    type: EventType
    subject_id: Id | None
    created_at: datetime


class EventPage(Shown):
    """A page of events."""

    items: list[EventShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
