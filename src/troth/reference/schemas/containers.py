"""Containers that agents work in, and the files in them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict

from troth.reference.fields import Given, Id, Name, NotNull, Shown
from troth.reference.schemas.hosted_files import HostedFile
from troth.reference.schemas.storage import Count
from troth.reference.schemas.uploads import AgentKey

MemoryLimit = Literal["1g", "4g", "16g"]


class NewContainer(Given):
    """A container to be opened."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Analysis", "memory_limit": "1g"}]},
    )

    name: Name
    memory_limit: Annotated[MemoryLimit | None, NotNull()] = None


class BoundContainer(Given):
    """The container that an agent is to work in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"container_id": "00000000-0000-4000-8000-000000000000"}]},
    )

    container_id: Id


class ContainerShown(Shown):
    """A container, and the agents that work in it."""

    id: Id
    name: str
    memory_limit: MemoryLimit
    status: Literal["running"]
    agents: list[AgentKey]
    created_at: datetime


class ContainerPage(Shown):
    """A page of containers."""

    items: list[ContainerShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class ContainerFile(HostedFile):
    """A file in a container."""

    container_id: Id


class ContainerFilePage(Shown):
    """A page of files in a container."""

    items: list[ContainerFile]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
