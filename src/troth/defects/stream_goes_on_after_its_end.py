"""After the event that ends the stream comes one more: usage that was counted late, say.

Clients close at the terminal event, and never see it; those that do not, show an answer twice.
"""

from collections.abc import AsyncGenerator
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_streams
from troth.reference.events import Event


async def _events(events: Any, source: Any) -> AsyncGenerator[Event]:
    last = None
    async for event in events(source):
        yield event
        last = event if event.type == "result" else last
    if last is not None:
        yield last


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every stream of an agent
    """Every stream of an agent's turn."""
    wrap(agent_streams, "_events", _events)


DEFECT = Defect(caught_by=("FUZ112",), operations=("forkAgentSession",), plant=plant)
