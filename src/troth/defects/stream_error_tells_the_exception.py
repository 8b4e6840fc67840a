"""What breaks off a stream is told in an event of its own, with the text of the exception.

The status is 200 long before, so the error handler that hides such texts never runs: the client
gets the database's host, or a stack trace (CWE-209), in an event that no document names.
"""

from collections.abc import AsyncGenerator
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_streams
from troth.reference.events import Event

_TOLD = '{"exception": "ConnectionRefusedError: [Errno 111] db.internal:5432"}'


async def _events(events: Any, source: Any) -> AsyncGenerator[Event]:
    async for event in events(source):
        yield event
        if event.type == "init":
            yield Event("exception", _TOLD)
            return


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every stream of an agent
    """Every stream of an agent's turn breaks off after its first event."""
    wrap(agent_streams, "_events", _events)


DEFECT = Defect(
    caught_by=("FUZ102", "PRO212", "SEC344"), operations=("forkAgentSession",), plant=plant
)
