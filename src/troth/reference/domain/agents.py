"""What each agent is for, and whether its provider serves."""

from collections.abc import Mapping
from typing import cast

from troth.reference.domain.agent_catalog import AGENT_KEYS
from troth.reference.domain.provider_choice import chosen
from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.schemas.agents import AgentKey, AgentList, AgentShown, AgentStatus

DEFAULT: AgentKey = "triage"
_ABOUT: Mapping[str, tuple[str, str]] = {
    "triage": ("Triage", "Finds out what is wanted, and answers what is simple."),
    "researcher": ("Researcher", "Collects what is known about a question."),
    "writer": ("Writer", "Puts what is known into words."),
}


def listed() -> AgentList:
    """All agents, in the order of the catalogue."""
    items = [
        AgentShown(
            key=cast("AgentKey", key),
            display_name=_ABOUT[key][0],
            description=_ABOUT[key][1],
            is_default=key == DEFAULT,
        )
        for key in AGENT_KEYS
    ]
    return AgentList(items=items, total=len(items))


def status(platform: Platform, key: str) -> AgentStatus:
    """Whether the agent can be asked now; ProblemError 404 for a key that names none."""
    if key not in AGENT_KEYS:
        raise unknown()
    provider = chosen(platform.settings)
    return AgentStatus(
        key=cast("AgentKey", key),
        status="available" if provider.available() else "unavailable",
        provider=provider.name,
    )
