"""A tenant's containers, and which agent works in which: one at most."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, Tenant, new_id, now


class Container(Base):
    """A container, and what the provider calls it."""

    __tablename__ = "containers"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    provider_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Text)
    memory_limit: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (Index("containers_in_order", "tenant_id", "created_at", "id"),)


class Binding(Base):
    """The container that an agent of a tenant works in."""

    __tablename__ = "container_bindings"
    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True
    )
    agent_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    container_id: Mapped[str] = mapped_column(
        ForeignKey("containers.id", ondelete="CASCADE"), index=True
    )


def of_tenant(tenant_id: str) -> Select[Container]:
    """The tenant's containers, deleted ones too."""
    return select(Container).where(Container.tenant_id == tenant_id)


def live(tenant_id: str) -> Select[Container]:
    """Those that are not deleted."""
    return of_tenant(tenant_id).where(Container.deleted_at.is_(None))


def agents(db: Session, ids: Collection[str]) -> Mapping[str, list[str]]:
    """By container, the keys of the agents that work there, by one query."""
    found: dict[str, list[str]] = {}
    rows = db.execute(
        select(Binding.container_id, Binding.agent_key)
        .where(Binding.container_id.in_(ids))
        .order_by(Binding.agent_key)
    )
    for container_id, agent_key in rows:
        found.setdefault(container_id, []).append(agent_key)
    return found


def bind(db: Session, tenant_id: str, agent_key: str, container_id: str) -> None:
    """Have the agent work there, wherever it worked before."""
    # The tenant is locked: two that bind at once would both find nothing to replace.
    db.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))
    db.merge(Binding(tenant_id=tenant_id, agent_key=agent_key, container_id=container_id))


def unbind(db: Session, tenant_id: str, agent_key: str) -> None:
    """Have the agent work in no container."""
    db.execute(
        delete(Binding).where(Binding.tenant_id == tenant_id, Binding.agent_key == agent_key)
    )


def unbind_all(db: Session, container_id: str) -> None:
    """Have no agent work in that container."""
    db.execute(delete(Binding).where(Binding.container_id == container_id))
