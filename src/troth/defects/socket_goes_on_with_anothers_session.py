"""A frame over a WebSocket goes on with whosever session it names.

Who may open the connection is checked, and then nothing more (CWE-1385, CWE-639).
"""

from contextlib import aclosing
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_socket
from troth.reference.storage.agent_sessions import AgentSession


async def _run(run: Any, platform: Any, owner: Any, wanted: Any, turns: Any) -> Any:
    with platform.database.read() as db:
        row = db.get(AgentSession, wanted.source.lower()) if wanted.source else None
    if row is not None:
        owner = replace(owner, key_id=row.key_id)
    async with aclosing(run(platform, owner, wanted, turns)) as steps:
        async for each in steps:
            yield each


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of frames; streams over HTTP ask again."""
    wrap(agent_socket, "run", _run)


DEFECT = Defect(
    caught_by=("SEC309",),
    operations=("queryOverWebSocket",),
    plant=plant,
)
