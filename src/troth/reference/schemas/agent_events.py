"""What happens in a turn of an agent: the data of each event, over SSE and WebSocket alike."""

from typing import Literal

from troth.reference.fields import Id, Shown
from troth.reference.schemas.agent_sessions import (
    Count,
    Model,
    Outcome,
    PermissionMode,
    Speaker,
)

ORDER = "init (message|partial|question)* (result|error) done"
AgentFault = Literal["out_of_room", "provider_failed", "timed_out", "unavailable"]


class AgentInit(Shown):
    """The turn begins."""

    session_id: Id
    parent_id: Id | None
    turn: Count
    model: Model
    permission_mode: PermissionMode


class AgentMessage(Shown):
    """Something is said or done, whole."""

    session_id: Id
    role: Speaker
    content: str


class AgentPartial(Shown):
    """A piece of what the agent is saying; the pieces joined are the result's text."""

    session_id: Id
    index: Count
    text: str


class AgentQuestion(Shown):
    """The agent asks back, and waits."""

    session_id: Id
    text: str


class AgentResult(Shown):
    """How the turn ended."""

    session_id: Id
    status: Outcome
    text: str
    turn: Count
    message_count: Count
    checkpoint_id: Id | None


class AgentError(Shown):
    """The turn failed; the session can be resumed."""

    session_id: Id
    code: AgentFault
    detail: str


class AgentDone(Shown):
    """Nothing follows."""

    session_id: Id


EVENTS = {
    "init": AgentInit,
    "message": AgentMessage,
    "partial": AgentPartial,
    "question": AgentQuestion,
    "result": AgentResult,
    "error": AgentError,
    "done": AgentDone,
}
