"""Asking agents over one connection that stays."""

from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket

from troth.reference.domain import origins
from troth.reference.domain.access import KEY_DETAIL, Holder, admit
from troth.reference.domain.agent_socket import Talk
from troth.reference.domain.agent_turns import TurnsHere
from troth.reference.platform import Platform
from troth.reference.problems import DETAILS
from troth.reference.routes import Routes
from troth.reference.schemas import agent_frames as frames
from troth.reference.sockets import Socket, declared
from troth.reference.trace import trace_of

routes = Routes("/api/v1/query", "agent-queries")
_SOCKET = Socket(
    name="queryOverWebSocket",
    summary="Ask agents over a connection that stays",
    security=[{"apiKeyAuth": []}],
    sent=frames.SENT,
    heard=frames.HEARD,
    order=frames.ORDER,
    anytime=frames.ANYTIME,
    closes=frames.CLOSES,
    refusals={401: KEY_DETAIL, 403: origins.DETAIL, 429: DETAILS[429], 503: DETAILS[503]},
)


@routes.websocket("/ws")
@declared(_SOCKET)
async def talk(socket: WebSocket, turns: TurnsHere) -> None:
    """Refused before it is accepted, or accepted and then closed with a code."""
    platform = cast("Platform", socket.app.state.platform)
    owner = await run_in_threadpool(
        admit, platform, trace_of(socket.scope), socket.headers, "keys", None
    )
    await origins.check(socket)
    await socket.accept()
    await Talk(socket, platform, cast("Holder", owner), turns).serve()
