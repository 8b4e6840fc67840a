"""Containers that a tenant's agents work in."""

from typing import Annotated

from fastapi import Path, Response

from troth.reference.domain import containers
from troth.reference.domain.access import CallerHere
from troth.reference.fields import SLUG_PATTERN, PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import containers as shapes

routes = Routes("/api/v1/containers", "containers", "Containers that agents work in.")
UNKNOWN = {404: "Your tenant has no such container."}
_LINKS = {
    name: {"container_id": "$response.body#/id"}
    for name in ("getContainer", "deleteContainer", "listContainerFiles")
}
AgentKey = Annotated[str, Path(pattern=SLUG_PATTERN, examples=["researcher"])]


@routes.operation(
    "GET",
    "",
    "listContainers",
    "Containers of my tenant",
    access="everyone",
    ids={"/api/v1/containers/{container_id}": "/items/0/id"},
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.ContainerPage:
    """In the order they were opened."""
    return containers.pages(platform, caller, span)


@routes.operation(
    "POST",
    "",
    "createContainer",
    "Open a container",
    access="writers",
    status=201,
    headers=("Location",),
    links=_LINKS,
)
def start(
    body: shapes.NewContainer, caller: CallerHere, platform: Here, response: Response
) -> shapes.ContainerShown:
    """A running container, with a first file in it."""
    shown = containers.start(platform, caller, body)
    response.headers["Location"] = f"/api/v1/containers/{shown.id}"
    return shown


@routes.operation(
    "GET",
    "/{container_id}",
    "getContainer",
    "A container",
    access="everyone",
    ids={"/api/v1/containers/{container_id}": "/id"},
    errors=UNKNOWN,
)
def one(container_id: PathId, caller: CallerHere, platform: Here) -> shapes.ContainerShown:
    """One of the tenant's containers."""
    return containers.one(platform, caller, container_id)


@routes.operation(
    "DELETE",
    "/{container_id}",
    "deleteContainer",
    "Delete a container",
    access="writers",
    status=204,
    errors=UNKNOWN,
    response_class=Response,
)
def remove(container_id: PathId, caller: CallerHere, platform: Here) -> None:
    """Deletes it and unbinds its agents; once more, if it is deleted, does nothing."""
    containers.remove(platform, caller, container_id)


@routes.operation(
    "GET",
    "/{container_id}/files",
    "listContainerFiles",
    "Files in a container",
    access="everyone",
    errors=UNKNOWN,
    links={
        "downloadContainerFile": {
            "container_id": "$response.body#/items/0/container_id",
            "file_id": "$response.body#/items/0/id",
        }
    },
)
def files(
    container_id: PathId, caller: CallerHere, platform: Here, span: SpanHere
) -> shapes.ContainerFilePage:
    """In the order they were made."""
    return containers.file_pages(platform, caller, container_id, span)


@routes.operation(
    "POST",
    "/agents/{agent_key}/container",
    "bindContainer",
    "Have an agent work in a container",
    access="writers",
    status=204,
    errors={404: "There is no such agent, or your tenant has no such container."},
    response_class=Response,
)
def bind(
    agent_key: AgentKey, body: shapes.BoundContainer, caller: CallerHere, platform: Here
) -> None:
    """From now on, instead of the one before."""
    containers.bind(platform, caller, agent_key, body.container_id)


@routes.operation(
    "DELETE",
    "/agents/{agent_key}/container",
    "unbindContainer",
    "Have an agent work in no container",
    access="writers",
    status=204,
    errors={404: "There is no such agent."},
    response_class=Response,
)
def unbind(agent_key: AgentKey, caller: CallerHere, platform: Here) -> None:
    """Whether it was bound to one or not."""
    containers.unbind(platform, caller, agent_key)
