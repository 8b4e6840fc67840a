"""A WebSocket closes with a code that its description does not have.

4000 and upwards are private: whoever does not know the code cannot tell "come back" from "never
again" (RFC 6455, section 7.4.2).
"""

from typing import Any

from fastapi import FastAPI
from starlette.websockets import WebSocketState

from troth.defects.defect import Defect
from troth.reference.domain.agent_socket import Talk


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every connection
    """In the middle of each turn."""
    tell = Talk._tell  # noqa: SLF001 - there is no other way to what is sent

    async def closing(self: Talk, kind: str, data: Any) -> None:
        await tell(self, kind, data)
        if kind == "init" and self.socket.application_state is WebSocketState.CONNECTED:
            await self.socket.close(4999)

    Talk._tell = closing  # type: ignore[method-assign]  # noqa: SLF001


DEFECT = Defect(caught_by=("FUZ113",), operations=("queryOverWebSocket",), plant=plant)
