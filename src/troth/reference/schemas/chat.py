"""One turn of a conversation with an agent, and the streams of a conversation."""

from typing import Annotated

from pydantic import ConfigDict

from troth.reference.fields import Content, Given, Id, NotNull, Shown
from troth.reference.schemas.agents import AgentKey
from troth.reference.schemas.conversations import MessageShown
from troth.reference.schemas.public_events import Usage


class NewTurn(Given):
    """Something said to an agent; without `conversation_id` it begins a conversation."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"message": "How did the quarter go?", "agent_key": "triage"}]
        },
    )

    message: Content
    agent_key: Annotated[AgentKey | None, NotNull()] = None
    conversation_id: Annotated[Id | None, NotNull()] = None


class ChatShown(Shown):
    """The agent's answer."""

    conversation_id: Id
    run_id: Id
    agent_key: AgentKey
    message: MessageShown
    usage: Usage


class TitleDelta(Shown):
    """A piece of a title."""

    delta: str


class TitleCompleted(Shown):
    """A whole title."""

    conversation_id: Id
    title: str
