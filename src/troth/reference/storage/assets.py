"""Assets: stored objects that a tenant has given a name and a place in its library."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.objects import StoredObject
from troth.reference.storage.tables import Base, Moment, new_id, now


class Asset(Base):
    """One asset; what it repeats of its object never changes there."""

    __tablename__ = "assets"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    object_id: Mapped[str] = mapped_column(
        ForeignKey("stored_objects.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (Index("assets_in_order", "tenant_id", "created_at", "id"),)


def of_tenant(tenant_id: str) -> Select[Asset]:
    """The tenant's assets, deleted ones too."""
    return select(Asset).where(Asset.tenant_id == tenant_id)


def live(tenant_id: str) -> Select[Asset]:
    """Those that are not deleted."""
    return of_tenant(tenant_id).where(Asset.deleted_at.is_(None))


def with_objects(
    db: Session, tenant_id: str, ids: Collection[str]
) -> Sequence[tuple[Asset, StoredObject]]:
    """Those of `ids` that are there, each with its object, by one query."""
    rows = db.execute(
        select(Asset, StoredObject)
        .join(StoredObject, StoredObject.id == Asset.object_id)
        .where(
            Asset.tenant_id == tenant_id,
            Asset.deleted_at.is_(None),
            Asset.id.in_(ids),
        )
    )
    return [(asset, stored) for asset, stored in rows]


def end_with_object(db: Session, object_id: str) -> None:
    """Delete the assets of an object that is deleted."""
    db.execute(
        update(Asset)
        .where(Asset.object_id == object_id, Asset.deleted_at.is_(None))
        .values(deleted_at=now()),
        execution_options={"synchronize_session": False},
    )
