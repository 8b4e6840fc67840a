"""The sessions of an API key, and the turns they go on with."""

from fastapi import Response
from starlette.responses import StreamingResponse

from troth.reference.domain import agent_sessions
from troth.reference.domain.access import HolderHere
from troth.reference.domain.agent_streams import ended, streamed
from troth.reference.domain.agent_turn_rows import Wanted
from troth.reference.domain.agent_turns import TurnsHere
from troth.reference.domain.origins import ERRORS, OwnOrigin
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routers.agent_queries import LINKS
from troth.reference.routes import Routes
from troth.reference.schemas import agent_events as events
from troth.reference.schemas import agent_sessions as shapes

routes = Routes("/api/v1/sessions", "agent-sessions", "What an API key has asked its agents.")
_UNKNOWN = {404: "You have no such session."}
_BUSY = {409: "A turn of the session is running, or it is closed."}


@routes.operation(
    "GET",
    "",
    "listAgentSessions",
    "My agent sessions",
    access="keys",
    ids={"/api/v1/sessions/{session_id}": "/sessions/0/session_id"},
)
def pages(owner: HolderHere, platform: Here, span: SpanHere) -> shapes.AgentSessionPage:
    """In the order they were begun; `offset` counts from `cursor` where there is one."""
    return agent_sessions.pages(platform, owner, span)


@routes.operation(
    "POST",
    "",
    "createAgentSession",
    "Begin an agent session",
    access="keys",
    status=201,
    headers=("Location",),
    links={name: each for name, each in LINKS.items() if name != "answerAgentSession"},
)
def start(
    body: shapes.NewAgentSession, owner: HolderHere, platform: Here, response: Response
) -> shapes.AgentSessionShown:
    """A session without a turn; it has the checkpoint of its beginning."""
    shown = agent_sessions.start(platform, owner, body)
    response.headers["Location"] = f"/api/v1/sessions/{shown.session_id}"
    return shown


@routes.operation(
    "GET",
    "/{session_id}",
    "getAgentSession",
    "An agent session",
    access="keys",
    ids={"/api/v1/sessions/{session_id}": "/session_id"},
    errors=_UNKNOWN,
)
def one(session_id: PathId, owner: HolderHere, platform: Here) -> shapes.AgentSessionDetail:
    """With its files and its last 50 messages."""
    return agent_sessions.one(platform, owner, session_id)


@routes.operation(
    "DELETE",
    "/{session_id}",
    "deleteAgentSession",
    "Delete an agent session",
    access="keys",
    status=204,
    errors=_UNKNOWN,
    response_class=Response,
)
def remove(session_id: PathId, owner: HolderHere, platform: Here) -> None:
    """Deletes it with its messages and checkpoints; a turn that runs in it is interrupted."""
    agent_sessions.remove(platform, owner, session_id)


@routes.operation(
    "POST",
    "/{session_id}/resume",
    "resumeAgentSession",
    "Go on with an agent session",
    access="keys",
    errors=_UNKNOWN | _BUSY,
    events=events.EVENTS,
    order=events.ORDER,
)
async def resume(
    session_id: PathId,
    body: shapes.Ask,
    owner: HolderHere,
    platform: Here,
    turns: TurnsHere,
) -> StreamingResponse:
    """One more turn. Where the session waits for an answer, the prompt is that."""
    return await streamed(platform, owner, Wanted("resume", body, session_id), turns)


@routes.operation(
    "POST",
    "/{session_id}/fork",
    "forkAgentSession",
    "Fork an agent session",
    access="keys",
    errors=_UNKNOWN | _BUSY,
    events=events.EVENTS,
    order=events.ORDER,
)
async def fork(
    session_id: PathId,
    body: shapes.Ask,
    owner: HolderHere,
    platform: Here,
    turns: TurnsHere,
) -> StreamingResponse:
    """A new session with the history, files and settings of this one, and one more turn."""
    return await streamed(platform, owner, Wanted("fork", body, session_id), turns)


@routes.operation(
    "POST",
    "/{session_id}/answer",
    "answerAgentSession",
    "Answer an agent's question",
    access="keys",
    ids={"/api/v1/sessions/{session_id}": "/session_id"},
    errors=_UNKNOWN | {409: "The session does not wait for an answer."} | ERRORS,
)
async def answer(
    session_id: PathId,
    body: shapes.Answer,
    owner: HolderHere,
    platform: Here,
    turns: TurnsHere,
    _: OwnOrigin,
) -> shapes.TurnEnded:
    """Ends the turn that asked; a question is answered once."""
    wanted = Wanted("answer", shapes.Ask(prompt=body.answer), session_id)
    return await ended(platform, owner, wanted, turns)


@routes.operation(
    "POST",
    "/{session_id}/interrupt",
    "interruptAgentSession",
    "Interrupt an agent session",
    access="keys",
    ids={"/api/v1/sessions/{session_id}": "/session_id"},
    errors=_UNKNOWN | {409: "The session is closed, or has failed."},
)
def interrupt(session_id: PathId, owner: HolderHere, platform: Here) -> shapes.AgentSessionStatus:
    """Ends the turn that runs, or drops the question; it can be resumed."""
    return agent_sessions.interrupt(platform, owner, session_id)


@routes.operation(
    "POST",
    "/{session_id}/control",
    "controlAgentSession",
    "Set an agent session",
    access="keys",
    ids={"/api/v1/sessions/{session_id}": "/session_id"},
    errors=_UNKNOWN,
)
def control(
    session_id: PathId, body: shapes.Control, owner: HolderHere, platform: Here
) -> shapes.AgentSessionShown:
    """Sets what the next turn begins with; a turn that runs goes on as it began."""
    return agent_sessions.control(platform, owner, session_id, body)


@routes.operation(
    "GET",
    "/{session_id}/checkpoints",
    "listAgentCheckpoints",
    "Checkpoints of an agent session",
    access="keys",
    links={
        "rewindAgentCheckpoint": {"checkpoint_id": "$response.body#/checkpoints/0/checkpoint_id"}
    },
    errors=_UNKNOWN,
)
def checkpoints(
    session_id: PathId, owner: HolderHere, platform: Here, span: SpanHere
) -> shapes.AgentCheckpointPage:
    """One of the beginning, and one after each turn that was completed; oldest first."""
    return agent_sessions.checkpoints(platform, owner, session_id, span)
