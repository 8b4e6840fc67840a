"""Vector stores of a tenant: their files, the pieces these are searched by, and who is bound."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now
from troth.reference.storage.upsert import insert

_STORE = "vector_stores.id"


class VectorStore(Base):
    """A searchable collection of texts."""

    __tablename__ = "vector_stores"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("vector_stores_in_order", "tenant_id", "created_at", "id"),)


class VectorFile(Base):
    """A text in a store."""

    __tablename__ = "vector_files"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    store_id: Mapped[str] = mapped_column(ForeignKey(_STORE, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    chunk_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("vector_files_in_order", "store_id", "created_at", "id"),)


class VectorChunk(Base):
    """A piece of a text, and how many terms it has."""

    __tablename__ = "vector_chunks"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    store_id: Mapped[str] = mapped_column(ForeignKey(_STORE, ondelete="CASCADE"), index=True)
    file_id: Mapped[str] = mapped_column(
        ForeignKey("vector_files.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    length: Mapped[int]


class VectorTerm(Base):
    """How often a term is in a piece."""

    __tablename__ = "vector_terms"
    chunk_id: Mapped[str] = mapped_column(
        ForeignKey("vector_chunks.id", ondelete="CASCADE"), primary_key=True
    )
    term: Mapped[str] = mapped_column(String(64), primary_key=True)
    store_id: Mapped[str] = mapped_column(String(36))
    count: Mapped[int]
    __table_args__ = (Index("vector_terms_of_store", "store_id", "term"),)


class VectorBinding(Base):
    """An agent that may search a store."""

    __tablename__ = "vector_bindings"
    store_id: Mapped[str] = mapped_column(ForeignKey(_STORE, ondelete="CASCADE"), primary_key=True)
    agent_key: Mapped[str] = mapped_column(String(40), primary_key=True)


def of_tenant(tenant_id: str) -> Select[VectorStore]:
    """All stores of a tenant."""
    return select(VectorStore).where(VectorStore.tenant_id == tenant_id)


def one(db: Session, tenant_id: str, store_id: str, *, keep: bool = False) -> VectorStore | None:
    """One store of the tenant, kept from deletion until the transaction ends if asked."""
    query = of_tenant(tenant_id).where(VectorStore.id == store_id.lower())
    return db.scalar(query.with_for_update(read=True) if keep else query)


def remove(db: Session, tenant_id: str, store_id: str) -> None:
    """Delete a store of the tenant with all that is in it, if it is there."""
    db.execute(
        delete(VectorStore).where(
            VectorStore.tenant_id == tenant_id, VectorStore.id == store_id.lower()
        )
    )


def files(store_id: str) -> Select[VectorFile]:
    """All texts in a store."""
    return select(VectorFile).where(VectorFile.store_id == store_id)


def file(db: Session, store_id: str, file_id: str) -> VectorFile | None:
    """One text in a store."""
    return db.scalar(files(store_id).where(VectorFile.id == file_id.lower()))


def file_of_tenant(db: Session, tenant_id: str, file_id: str) -> VectorFile | None:
    """A text in any store of the tenant."""
    return db.scalar(
        select(VectorFile)
        .join(VectorStore, VectorStore.id == VectorFile.store_id)
        .where(VectorStore.tenant_id == tenant_id, VectorFile.id == file_id.lower())
    )


def remove_file(db: Session, store_id: str, file_id: str) -> bool:
    """Delete a text with its pieces; of any number that try at once, one is told True."""
    gone = db.execute(
        delete(VectorFile)
        .where(VectorFile.store_id == store_id, VectorFile.id == file_id.lower())
        .returning(VectorFile.id)
    )
    return gone.first() is not None


def file_counts(db: Session, store_ids: Collection[str]) -> dict[str, int]:
    """How many texts each of the stores has; one that has none is left out."""
    rows = db.execute(
        select(VectorFile.store_id, func.count())
        .where(VectorFile.store_id.in_(store_ids))
        .group_by(VectorFile.store_id)
    )
    return {row[0]: row[1] for row in rows}


def bound(db: Session, store_ids: Collection[str]) -> dict[str, list[str]]:
    """Which agents are bound to each of the stores; one that has none is left out."""
    rows = db.execute(
        select(VectorBinding.store_id, VectorBinding.agent_key)
        .where(VectorBinding.store_id.in_(store_ids))
        .order_by(VectorBinding.agent_key)
    )
    found: dict[str, list[str]] = {}
    for store_id, agent_key in rows:
        found.setdefault(store_id, []).append(agent_key)
    return found


def bind(db: Session, store_id: str, agent_key: str) -> None:
    """Bind an agent, if it is not bound."""
    new = insert(db, VectorBinding).values(store_id=store_id, agent_key=agent_key)
    db.execute(new.on_conflict_do_nothing())


def unbind(db: Session, store_id: str, agent_key: str) -> None:
    """Unbind an agent, if it is bound."""
    db.execute(
        delete(VectorBinding).where(
            VectorBinding.store_id == store_id, VectorBinding.agent_key == agent_key
        )
    )


def extent(db: Session, store_id: str) -> tuple[int, int]:
    """How many pieces a store has, and how many terms these have in all."""
    row = db.execute(
        select(func.count(), func.coalesce(func.sum(VectorChunk.length), 0)).where(
            VectorChunk.store_id == store_id
        )
    ).one()
    return row[0], row[1]


def occurrences(db: Session, store_id: str, terms: Collection[str]) -> Sequence[Any]:
    """Where the terms occur: chunk_id, term, count, length, position, file_id, file's time."""
    return db.execute(
        select(
            VectorTerm.chunk_id,
            VectorTerm.term,
            VectorTerm.count.label("times"),
            VectorChunk.length,
            VectorChunk.position,
            VectorFile.id.label("file_id"),
            VectorFile.created_at,
        )
        .join(VectorChunk, VectorChunk.id == VectorTerm.chunk_id)
        .join(VectorFile, VectorFile.id == VectorChunk.file_id)
        .where(VectorTerm.store_id == store_id, VectorTerm.term.in_(terms))
    ).all()


def passages(db: Session, chunk_ids: Collection[str]) -> dict[str, tuple[VectorChunk, str]]:
    """The pieces of these ids, each with the name of its file."""
    rows = db.execute(
        select(VectorChunk, VectorFile.name)
        .join(VectorFile, VectorFile.id == VectorChunk.file_id)
        .where(VectorChunk.id.in_(chunk_ids))
    )
    return {chunk.id: (chunk, name) for chunk, name in rows}
