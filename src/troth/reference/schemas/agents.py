"""Agents, and how they are."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from troth.reference.fields import SLUG_PATTERN, Shown

PathKey = Annotated[str, Path(min_length=2, max_length=40, pattern=SLUG_PATTERN)]
"""The key of something in a catalogue."""
AgentKey = Literal["triage", "researcher", "writer"]


class AgentShown(Shown):
    """An agent."""

    key: AgentKey
    display_name: Annotated[str, Field(examples=["Researcher"])]
    description: Annotated[str, Field(examples=["Finds out what is known."])]
    is_default: bool


class AgentList(Shown):
    """All agents."""

    items: list[AgentShown]
    total: Annotated[int, Field(ge=0)]


class AgentStatus(Shown):
    """Whether an agent can be asked now."""

    key: AgentKey
    status: Literal["available", "unavailable"]
    provider: str
