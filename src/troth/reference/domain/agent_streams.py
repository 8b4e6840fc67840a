"""A turn as whoever asked for it wants it: as server-sent events, or as its outcome alone."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import StreamingResponse

from troth.reference.domain.access import Holder
from troth.reference.domain.agent_runs import Happened, begun, run
from troth.reference.domain.agent_turn_rows import Wanted
from troth.reference.domain.agent_turns import Turns
from troth.reference.events import Event, respond
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError
from troth.reference.schemas.agent_events import AgentError, AgentResult
from troth.reference.schemas.agent_sessions import TurnEnded


async def streamed(
    platform: Platform, owner: Holder, wanted: Wanted, turns: Turns
) -> StreamingResponse:
    """The events; a turn that cannot begin is refused before there are any."""
    return respond(_events(await begun(run(platform, owner, wanted, turns))))


async def _events(source: AsyncGenerator[Happened]) -> AsyncGenerator[Event]:
    async with aclosing(source):
        async for each in source:
            yield Event(each.type, each.data.model_dump_json())


async def ended(platform: Platform, owner: Holder, wanted: Wanted, turns: Turns) -> TurnEnded:
    """The outcome."""
    async with aclosing(run(platform, owner, wanted, turns)) as source:
        last = [each.data async for each in source if each.type in ("result", "error")]
    match last:
        case [AgentResult() as result]:
            return TurnEnded(
                session_id=result.session_id,
                status=result.status,
                text=result.text,
                checkpoint_id=result.checkpoint_id,
            )
        case [AgentError() as error]:
            return TurnEnded(
                session_id=error.session_id, status="error", text=error.detail, checkpoint_id=None
            )
    raise ProblemError(500)
