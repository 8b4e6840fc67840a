"""`public_sse_v1`: the events that agents' streams are made of, as they are sent and kept."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Id, Shown
from troth.reference.schemas.agents import AgentKey

SCHEMA: Literal["public_sse_v1"] = "public_sse_v1"
RunStatus = Literal["queued", "running", "waiting", "succeeded", "failed", "canceled"]
Count = Annotated[int, Field(ge=0)]
Sequence = Annotated[int, Field(ge=1)]


class Usage(Shown):
    """What an answer cost, in tokens."""

    prompt_tokens: Count
    completion_tokens: Count
    total_tokens: Count


class _Public(Shown):
    # `schema` is taken by pydantic, hence the alias; the document and the wire know only that.
    model_config = ConfigDict(extra="forbid", validate_by_alias=True)

    schema_name: Annotated[Literal["public_sse_v1"], Field(alias="schema")]
    event_id: Id
    sequence: Sequence
    conversation_id: Id | None
    run_id: Id
    created_at: datetime


class PublicLifecycle(_Public):
    """A run is in another state, and goes on or waits."""

    type: Literal["lifecycle"]
    status: RunStatus


class PublicStepStarted(_Public):
    """A step of a workflow begins."""

    type: Literal["step.started"]
    step_key: str
    agent_key: AgentKey


class PublicDelta(_Public):
    """A piece of what an agent says."""

    type: Literal["message.delta"]
    agent_key: AgentKey
    delta: str


class PublicMessage(_Public):
    """All that an agent said; its message is in the conversation."""

    type: Literal["message.completed"]
    agent_key: AgentKey
    message_id: Id
    content: str


class PublicStepCompleted(_Public):
    """A step of a workflow is done."""

    type: Literal["step.completed"]
    step_key: str
    output: str


class PublicError(_Public):
    """Why a run fails."""

    type: Literal["error"]
    code: Literal["provider_failed", "lost"]
    message: str


class PublicFinal(_Public):
    """A run has ended; nothing follows."""

    type: Literal["final"]
    status: Literal["succeeded", "failed", "canceled"]
    usage: Usage


PublicEvent = Annotated[
    PublicLifecycle
    | PublicStepStarted
    | PublicDelta
    | PublicMessage
    | PublicStepCompleted
    | PublicError
    | PublicFinal,
    Field(discriminator="type"),
]


class LedgerPage(Shown):
    """A page of what was sent."""

    items: list[PublicEvent]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


DONE = "[DONE]"
OF_CHAT = {
    "lifecycle": PublicLifecycle,
    "message.delta": PublicDelta,
    "message.completed": PublicMessage,
    "error": PublicError,
    "final": PublicFinal,
}
"""The types of a conversation's stream."""
OF_RUN = {
    "lifecycle": PublicLifecycle,
    "step.started": PublicStepStarted,
    "message.delta": PublicDelta,
    "step.completed": PublicStepCompleted,
    "error": PublicError,
    "final": PublicFinal,
}
"""The types of a workflow run's stream."""
