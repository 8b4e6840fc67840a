"""A frame of an unknown type ends in a KeyError, and the connection in 1011.

Handlers are looked up in a table by the frame's type; what is not in it was never sent by the own
front end (CWE-248).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.domain import agent_socket


async def _read(read: Any, talk: Any, text: str) -> Any:
    if "no-such-type" in text:
        raise KeyError(text)
    return await read(talk, text)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the one WebSocket
    """The WebSocket."""
    read = agent_socket.Talk._read  # noqa: SLF001 - that is what is broken

    async def broken(talk: Any, text: str) -> Any:
        return await _read(read, talk, text)

    agent_socket.Talk._read = broken  # type: ignore[method-assign,assignment] # noqa: SLF001


DEFECT = Defect(caught_by=("FUZ113",), operations=("queryOverWebSocket",), plant=plant)
