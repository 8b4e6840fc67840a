"""Asking an agent: as a stream of events, or for the outcome alone."""

from starlette.responses import StreamingResponse

from troth.reference.domain.access import HolderHere
from troth.reference.domain.agent_streams import ended, streamed
from troth.reference.domain.agent_turn_rows import Wanted
from troth.reference.domain.agent_turns import TurnsHere
from troth.reference.domain.origins import ERRORS, OwnOrigin
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import agent_events as events
from troth.reference.schemas import agent_sessions as shapes

routes = Routes("/api/v1/query", "agent-queries", "Asking an agent.")
ITS = (
    "getAgentSession",
    "resumeAgentSession",
    "forkAgentSession",
    "interruptAgentSession",
    "controlAgentSession",
    "answerAgentSession",
    "deleteAgentSession",
    "listAgentCheckpoints",
)
LINKS = {name: {"session_id": "$response.body#/session_id"} for name in ITS}


@routes.operation(
    "POST",
    "",
    "queryAgent",
    "Ask an agent, as a stream",
    access="keys",
    events=events.EVENTS,
    order=events.ORDER,
)
async def query(
    body: shapes.Query, owner: HolderHere, platform: Here, turns: TurnsHere
) -> StreamingResponse:
    """Begins a session with its first turn."""
    return await streamed(platform, owner, Wanted("query", body), turns)


@routes.operation(
    "POST",
    "/single",
    "queryAgentOnce",
    "Ask an agent, for the outcome",
    access="keys",
    errors=ERRORS,
    links=LINKS | {"rewindAgentCheckpoint": {"checkpoint_id": "$response.body#/checkpoint_id"}},
)
async def single(
    body: shapes.Query, owner: HolderHere, platform: Here, turns: TurnsHere, _: OwnOrigin
) -> shapes.TurnEnded:
    """Begins a session with its first turn, and answers when that has ended."""
    return await ended(platform, owner, Wanted("query", body), turns)
