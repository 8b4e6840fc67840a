"""A stream of events just ends, without the event that says that it has ended.

A client cannot tell the end from a connection that broke: it asks anew, or waits. Clients of model
providers have it whenever a proxy cuts a long answer, and see the same as of a service that closes
the connection without its `[DONE]`.
"""

from collections.abc import AsyncGenerator
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import agent_streams
from troth.reference.events import Event


async def _events(events: Any, source: Any) -> AsyncGenerator[Event]:
    async for event in events(source):
        if event.type != "done":
            yield event


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every stream of an agent
    """Every stream of an agent's turn."""
    wrap(agent_streams, "_events", _events)


DEFECT = Defect(caught_by=("FUZ112",), operations=("forkAgentSession",), plant=plant)
