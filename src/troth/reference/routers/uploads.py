"""Uploads that are meant for an agent."""

from troth.reference.domain import objects
from troth.reference.domain.access import CallerHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.storage import UploadUrl
from troth.reference.schemas.uploads import NewAgentInput

routes = Routes("/api/v1/uploads", "uploads", "Files for agents to read.")


@routes.operation(
    "POST",
    "/agent-input",
    "presignAgentInput",
    "Announce a file for an agent",
    access="everyone",
    scope="storage:write",
    status=201,
    errors={404: "You have no such conversation."},
    links={
        "uploadObject": {"upload_token": "$response.body#/upload_token"},
        "deleteObject": {"object_id": "$response.body#/object_id"},
    },
)
def announce(body: NewAgentInput, caller: CallerHere, platform: Here) -> UploadUrl:
    """As for any object; only its uploader sees it among the objects."""
    return objects.announce(platform, caller, body)
