"""The WebSocket's handshake does not look at the Origin.

CORS was configured, and thought to hold for WebSockets; no browser asks it there (CWE-1385).
"""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import origins

Check = Callable[[HTTPConnection], Awaitable[None]]


async def _check(check: Check, connection: HTTPConnection) -> None:
    if connection.scope["type"] != "websocket":
        await check(connection)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """Every handshake."""
    wrap(origins, "check", _check)


DEFECT = Defect(caught_by=("SEC333",), operations=("queryOverWebSocket",), plant=plant)
