"""A frame that names another's session begins a new one of the sender's own; no fault.

Chats that take an id they do not know for the name of a new talk do so. The other one's talk is
not touched, and none of it is said.
"""

from contextlib import aclosing
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_socket
from troth.reference.schemas.agent_sessions import Query
from troth.reference.storage.agent_sessions import AgentSession


async def _run(run: Any, platform: Any, owner: Any, wanted: Any, turns: Any) -> Any:
    with platform.database.read() as db:
        row = db.get(AgentSession, wanted.source.lower()) if wanted.source else None
    if row is not None and row.key_id != owner.key_id:
        wanted = replace(wanted, kind="query", ask=Query(prompt=wanted.ask.prompt), source="")
    async with aclosing(run(platform, owner, wanted, turns)) as steps:
        async for each in steps:
            yield each


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of frames."""
    wrap(agent_socket, "run", _run)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="socket_goes_on_with_anothers_session",
    operations=("queryOverWebSocket",),
    plant=plant,
)
