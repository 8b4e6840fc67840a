"""The agents that can be asked."""

from troth.reference.domain import agents
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.agents import AgentList, AgentStatus, PathKey

routes = Routes("/api/v1/agents", "agents", "The agents that can be asked.")


@routes.operation(
    "GET",
    "",
    "listAgents",
    "All agents",
    access="everyone",
    links={"getAgentStatus": {"agent_key": "$response.body#/items/0/key"}},
)
def listed() -> AgentList:
    """In the order of the catalogue."""
    return agents.listed()


@routes.operation(
    "GET",
    "/{agent_key}/status",
    "getAgentStatus",
    "Can an agent be asked now",
    access="everyone",
    errors={404: "There is no such agent."},
)
def status(agent_key: PathKey, platform: Here) -> AgentStatus:
    """Whether its provider serves."""
    return agents.status(platform, agent_key)
