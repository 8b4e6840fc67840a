"""Which provider answers: the one place that knows them by name."""

from troth.reference.domain.providers import AgentProvider
from troth.reference.domain.stub_provider import Outage, Stub
from troth.reference.settings import Settings


def chosen(settings: Settings) -> AgentProvider:
    """The provider that the settings name."""
    if settings.ai_provider == "outage":
        return Outage()
    return Stub(settings.ai_pace)
