"""Uploads that are meant for an agent."""

from typing import Annotated, Literal

from pydantic import ConfigDict

from troth.reference.fields import Id, NotNull
from troth.reference.schemas.storage import ANNOUNCED, NewObject

AgentKey = Literal["triage", "researcher", "writer"]
"""Those of `domain.agent_catalog`, as a type; a test compares them."""


class NewAgentInput(NewObject):
    """A file for an agent to read, in one of the caller's conversations or in none yet."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{**ANNOUNCED, "agent_key": "researcher"}]},
    )

    agent_key: AgentKey
    conversation_id: Annotated[Id | None, NotNull()] = None
