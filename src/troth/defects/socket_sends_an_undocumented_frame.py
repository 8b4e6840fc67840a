"""A WebSocket sends frames of a type that its description does not have.

Somebody's debugging has stayed: Slack's and Discord's gateways grew events that clients had to
learn to ignore (CWE-1059, CWE-489).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.domain.agent_socket import Talk


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every connection
    """After each frame but the last."""
    tell = Talk._tell  # noqa: SLF001 - there is no other way to what is sent

    async def chatty(self: Talk, kind: str, data: Any) -> None:
        await tell(self, kind, data)
        if kind != "done":
            await self.socket.send_text('{"type":"debug","data":{}}')

    Talk._tell = chatty  # type: ignore[method-assign]  # noqa: SLF001


DEFECT = Defect(caught_by=("FUZ113",), operations=("queryOverWebSocket",), plant=plant)
