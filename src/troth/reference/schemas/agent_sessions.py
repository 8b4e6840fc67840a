"""Agent sessions: what is asked of an agent, and what a session and its checkpoints look like."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Boolean, Content, Given, Id, Integer, NotNull, Shown

Status = Literal["idle", "running", "waiting", "interrupted", "closed", "error"]
Outcome = Literal["completed", "waiting", "interrupted", "error"]
Model = Literal["stub-small", "stub-large"]
PermissionMode = Literal["default", "plan"]
Skill = Literal["count", "echo", "outline"]
Speaker = Literal["user", "assistant", "tool"]
MaxTurns = Annotated[Integer, Field(ge=1, le=1000)]
Count = Annotated[int, Field(ge=0)]
# A virtual map of files: a path is a key of it, and leads nowhere on any disk.
FilePath = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$", max_length=120)]
FileText = Annotated[str, Field(pattern=r"^[^\u0000]*$", max_length=2000)]


class Edit(Given):
    """A file that the agent is to write."""

    path: FilePath
    content: FileText


class Ask(Given):
    """What an agent is asked to do in one turn."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "prompt": "Write down what we know.",
                    "skill": "echo",
                    "ask": False,
                    "edits": [{"path": "notes/first.md", "content": "Nothing yet."}],
                }
            ]
        },
    )

    prompt: Content
    skill: Skill = "echo"
    ask: Boolean = False
    """Whether the agent is to ask back: the turn then ends in a question, and the session waits."""
    edits: Annotated[list[Edit], Field(max_length=10)] = Field(default_factory=list)


class NewAgentSession(Given):
    """How a session is to begin."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"model": "stub-small", "permission_mode": "default", "max_turns": 100}]
        },
    )

    model: Model = "stub-small"
    permission_mode: PermissionMode = "default"
    max_turns: MaxTurns = 100


class Query(Ask):
    """What an agent is asked, and how the session that begins with it is set."""

    model: Model = "stub-small"
    permission_mode: PermissionMode = "default"
    max_turns: MaxTurns = 100


class Control(Given):
    """What is to be different from the next turn on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"model": "stub-large", "permission_mode": "plan"}]},
    )

    model: Annotated[Model | None, NotNull()] = None
    permission_mode: Annotated[PermissionMode | None, NotNull()] = None
    max_turns: Annotated[MaxTurns | None, NotNull()] = None


class Answer(Given):
    """What the agent asked for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"answer": "The second of the two."}]}
    )

    answer: Content


class AgentSessionShown(Shown):
    """A session of an agent."""

    session_id: Id
    parent_id: Id | None
    status: Status
    model: Model
    permission_mode: PermissionMode
    max_turns: int
    turn: Count
    message_count: Count
    created_at: datetime
    updated_at: datetime


class AgentMessageShown(Shown):
    """Something that was said."""

    position: Count
    role: Speaker
    content: str


class AgentSessionDetail(AgentSessionShown):
    """A session with its files, its last messages, and what it waits for."""

    question: str | None
    files: dict[str, str]
    messages: list[AgentMessageShown]


class AgentSessionPage(Shown):
    """A page of sessions."""

    sessions: list[AgentSessionShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class AgentCheckpointShown(Shown):
    """What a session was after one of its turns, and can be again."""

    checkpoint_id: Id
    session_id: Id
    turn: Count
    message_count: Count
    model: Model
    permission_mode: PermissionMode
    max_turns: int
    files: dict[str, str]
    created_at: datetime


class AgentCheckpointPage(Shown):
    """A page of checkpoints."""

    checkpoints: list[AgentCheckpointShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class AgentSessionStatus(Shown):
    """Where a session stands."""

    session_id: Id
    status: Status


class TurnEnded(Shown):
    """How a turn ended; `text` is what the agent said, asked, or failed for."""

    session_id: Id
    status: Outcome
    text: str
    checkpoint_id: Id | None


class SkillShown(Shown):
    """Something an agent can be asked to do."""

    name: Skill
    description: str


class SkillList(Shown):
    """All of them."""

    skills: list[SkillShown]
    total: Count
