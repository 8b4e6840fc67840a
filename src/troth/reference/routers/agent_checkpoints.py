"""Going back to a checkpoint, and what agents can be asked to do."""

from typing import cast

from troth.reference.domain import agent_sessions
from troth.reference.domain.access import HolderHere
from troth.reference.domain.agent_turns import SKILLS
from troth.reference.fields import PathId
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import agent_sessions as shapes

routes = Routes("/api/v1", "agent-sessions")


@routes.operation(
    "POST",
    "/checkpoints/{checkpoint_id}/rewind",
    "rewindAgentCheckpoint",
    "Go back to a checkpoint",
    access="keys",
    ids={"/api/v1/sessions/{session_id}": "/session_id"},
    errors={404: "You have no such checkpoint.", 409: "A turn of its session is running."},
)
def rewind(checkpoint_id: PathId, owner: HolderHere, platform: Here) -> shapes.AgentSessionDetail:
    """Messages, files and settings are what they were; later checkpoints are gone."""
    return agent_sessions.rewind(platform, owner, checkpoint_id)


@routes.operation("GET", "/skills", "listSkills", "What agents can do", access="keys")
def skills(_: HolderHere) -> shapes.SkillList:
    """Each skill of the agents here."""
    known = [
        shapes.SkillShown(name=cast("shapes.Skill", name), description=about)
        for name, about in SKILLS.items()
    ]
    return shapes.SkillList(skills=known, total=len(known))
