"""A tenant's containers at the provider, and the agents that are bound to them."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain import hosted_files
from troth.reference.domain.access import Caller
from troth.reference.domain.agent_catalog import AGENT_KEYS
from troth.reference.file_provider import ProviderFile
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import containers as shapes
from troth.reference.schemas.uploads import AgentKey
from troth.reference.storage import containers
from troth.reference.storage.containers import Container
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import new_id, now

_NO_AGENT = "There is no such agent."


def found(db: Session, caller: Caller, id_: str, *, lock: bool = False) -> Container:
    """The tenant's container of that id; ProblemError 404 for any other."""
    query = containers.live(caller.tenant_id).where(Container.id == id_.lower())
    row = db.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise unknown()
    return row


def start(platform: Platform, caller: Caller, new: shapes.NewContainer) -> shapes.ContainerShown:
    """A new container, with what the provider puts into each."""
    id_ = new_id()
    provider_id = platform.content.provider.open_container(caller.tenant_id, id_)
    row = Container(
        id=id_,
        tenant_id=caller.tenant_id,
        provider_id=provider_id,
        name=new.name,
        memory_limit=new.memory_limit or "1g",
    )
    with platform.database.write() as db:
        db.add(row)
    return _shown(row, [])


def pages(platform: Platform, caller: Caller, span: Span) -> shapes.ContainerPage:
    """The tenant's containers."""
    with platform.database.read() as db:
        rows = page(db, Container, containers.live(caller.tenant_id), span)
        agents = containers.agents(db, [row.id for row in rows.items])
    return shapes.ContainerPage(
        items=[_shown(row, agents.get(row.id, [])) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, caller: Caller, id_: str) -> shapes.ContainerShown:
    """One container."""
    with platform.database.read() as db:
        row = found(db, caller, id_)
        return _shown(row, containers.agents(db, [row.id]).get(row.id, []))


def remove(platform: Platform, caller: Caller, id_: str) -> None:
    """Delete a container and what is bound to it; one that is deleted already stays so."""
    query = containers.of_tenant(caller.tenant_id).where(Container.id == id_.lower())
    with platform.database.write() as db:
        row = db.scalar(query.with_for_update())
        if row is None:
            raise unknown()
        row.deleted_at = row.deleted_at or now()
        containers.unbind_all(db, row.id)
    platform.content.provider.close_container(row.provider_id)


def files_in(platform: Platform, caller: Caller, id_: str) -> tuple[str, Sequence[ProviderFile]]:
    """The container's id as we write it, and its files."""
    with platform.database.read() as db:
        row = found(db, caller, id_)
    return row.id, platform.content.provider.container_files(row.provider_id, row.created_at)


def file_pages(
    platform: Platform, caller: Caller, id_: str, span: Span
) -> shapes.ContainerFilePage:
    """The files of a container."""
    container_id, files = files_in(platform, caller, id_)
    items, cursor = hosted_files.cut(files, span)
    return shapes.ContainerFilePage(
        items=[
            shapes.ContainerFile(**hosted_files.shown(each).model_dump(), container_id=container_id)
            for each in items
        ],
        total=len(files),
        limit=span.limit,
        offset=span.offset,
        next_cursor=cursor,
    )


def bind(platform: Platform, caller: Caller, agent_key: str, container_id: str) -> None:
    """Have the agent work in that container from now on; it leaves the one before."""
    _known(agent_key)
    with platform.database.write() as db:
        row = found(db, caller, container_id, lock=True)
        containers.bind(db, caller.tenant_id, agent_key, row.id)


def unbind(platform: Platform, caller: Caller, agent_key: str) -> None:
    """Have the agent work in no container, whether it worked in one or not."""
    _known(agent_key)
    with platform.database.write() as db:
        containers.unbind(db, caller.tenant_id, agent_key)


def _known(agent_key: str) -> None:
    if agent_key not in AGENT_KEYS:
        raise ProblemError(404, _NO_AGENT)


def _shown(row: Container, agents: list[str]) -> shapes.ContainerShown:
    return shapes.ContainerShown(
        id=row.id,
        name=row.name,
        memory_limit=cast("shapes.MemoryLimit", row.memory_limit),
        status="running",
        agents=cast("list[AgentKey]", agents),
        created_at=row.created_at,
    )
