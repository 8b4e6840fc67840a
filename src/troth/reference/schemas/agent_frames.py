"""The frames of the WebSocket: what a client sends, and what it hears beside a turn's events."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from troth.reference.fields import Content, Given, Id, Shown
from troth.reference.problems import FieldError
from troth.reference.schemas import agent_events as events
from troth.reference.schemas.agent_sessions import AgentSessionStatus, Ask, Query

FrameFault = Literal[
    "conflict",
    "forbidden",
    "internal",
    "invalid_frame",
    "not_found",
    "rate_limited",
    "unauthenticated",
    "unavailable",
]


class QueryFrame(Query):
    """Begin a session with its first turn."""

    type: Literal["query"]


class ResumeFrame(Ask):
    """One more turn of a session."""

    type: Literal["resume"]
    session_id: Id


class AnswerFrame(Given):
    """Answer a session's question, and go on."""

    type: Literal["answer"]
    session_id: Id
    answer: Content


class InterruptFrame(Given):
    """Interrupt a session, also the one that runs on this connection."""

    type: Literal["interrupt"]
    session_id: Id


class PingFrame(Given):
    """Ask whether anybody is there."""

    type: Literal["ping"]


class FrameRefused(Shown):
    """A frame that was not done, and why."""

    code: FrameFault
    detail: str
    errors: list[FieldError]


class Pong(Shown):
    """Somebody is there."""


Frame = QueryFrame | ResumeFrame | AnswerFrame | InterruptFrame | PingFrame
READER: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])
SENT: dict[str, Any] = {
    "query": QueryFrame,
    "resume": ResumeFrame,
    "answer": AnswerFrame,
    "interrupt": InterruptFrame,
    "ping": PingFrame,
}
HEARD: dict[str, Any] = {
    **events.EVENTS,
    "error": events.AgentError | FrameRefused,
    "interrupted": AgentSessionStatus,
    "pong": Pong,
}
ORDER = f"({events.ORDER})*"
ANYTIME = ("error", "interrupted", "pong")
"""What comes between the frames of a turn too; an `error` of no turn names no session."""
CLOSES = {
    1000: "The client was done.",
    1003: "A binary frame: all frames are JSON text.",
    1007: "A text frame that is not UTF-8.",
    1008: "Too many frames in a row that were refused.",
    1009: "A frame that is larger than this service takes.",
    1011: "An unexpected error occurred.",
    1012: "The service is restarting.",
    4401: "The API key is no longer valid.",
    4404: "There is no such session here.",
}
