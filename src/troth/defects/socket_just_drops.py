"""A WebSocket's connection ends without a close frame: 1006.

The worker is killed, or the proxy in front of it has a timeout: the client hears nothing, and most
wait for ever (RFC 6455, section 7.1.5; uvicorn before 0.13, nginx' ``proxy_read_timeout``).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.domain.agent_socket import Talk


def _server_of(socket: Any) -> Any:
    """Uvicorn's side of the connection, behind what the layers wrapped around its `send`."""
    send = socket._send  # noqa: SLF001 - nobody is meant to reach it
    while not hasattr(send, "__self__"):
        around = dict(zip(send.__code__.co_freevars, send.__closure__, strict=True))
        send = around["send"].cell_contents
    return send.__self__


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every connection
    """In the middle of the first turn."""
    tell = Talk._tell  # noqa: SLF001 - there is no other way to what is sent

    async def dying(self: Talk, kind: str, data: Any) -> None:
        await tell(self, kind, data)
        if kind == "init":
            _server_of(self.socket).transport.abort()

    Talk._tell = dying  # type: ignore[method-assign]  # noqa: SLF001


DEFECT = Defect(caught_by=("FUZ113",), operations=("queryOverWebSocket",), plant=plant)
