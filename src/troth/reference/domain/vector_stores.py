"""A tenant's vector stores: texts are indexed as they come, and searched by what is stored."""

from hashlib import sha256

from sqlalchemy import insert
from sqlalchemy.orm import Session

from troth.reference.domain import vector_index, vector_sources
from troth.reference.domain.access import Caller
from troth.reference.domain.vector_sources import Text
from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.schemas import vector_stores as shapes
from troth.reference.storage import vector_stores
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import new_id
from troth.reference.storage.vector_stores import (
    VectorChunk,
    VectorFile,
    VectorStore,
    VectorTerm,
)


def owned(db: Session, caller: Caller, store_id: str, *, keep: bool = False) -> VectorStore:
    """The tenant's store of that id; ProblemError 404 for any other."""
    found = vector_stores.one(db, caller.tenant_id, store_id, keep=keep)
    if found is None:
        raise unknown()
    return found


def make(platform: Platform, caller: Caller, new: shapes.NewVectorStore) -> shapes.VectorStoreShown:
    """A new, empty store."""
    with platform.database.write() as db:
        row = VectorStore(tenant_id=caller.tenant_id, name=new.name)
        db.add(row)
        db.flush()
        return _shown(db, [row])[0]


def pages(platform: Platform, caller: Caller, span: Span) -> shapes.VectorStorePage:
    """The tenant's stores."""
    with platform.database.read() as db:
        rows = page(db, VectorStore, vector_stores.of_tenant(caller.tenant_id), span)
        items = _shown(db, rows.items)
    return shapes.VectorStorePage(
        items=items,
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, caller: Caller, store_id: str) -> shapes.VectorStoreShown:
    """One store."""
    with platform.database.read() as db:
        return _shown(db, [owned(db, caller, store_id)])[0]


def remove(platform: Platform, caller: Caller, store_id: str) -> None:
    """See that there is no such store of the tenant, whether there was one or not."""
    with platform.database.write() as db:
        vector_stores.remove(db, caller.tenant_id, store_id)


def attach(
    platform: Platform, caller: Caller, store_id: str, new: shapes.NewAttachment
) -> shapes.VectorFileShown:
    """Put a text, or a copy of another store's, into the store."""
    with platform.database.write() as db:
        store = owned(db, caller, store_id, keep=True)
        return _put(db, store, vector_sources.of_source(db, caller.tenant_id, new.source))


def upload(
    platform: Platform, caller: Caller, store_id: str, new: shapes.NewUpload
) -> shapes.VectorFileShown:
    """Put an uploaded text into the store."""
    with platform.database.write() as db:
        store = owned(db, caller, store_id, keep=True)
        return _put(db, store, vector_sources.of_upload(db, caller.tenant_id, new))


def files(platform: Platform, caller: Caller, store_id: str, span: Span) -> shapes.VectorFilePage:
    """The texts in a store."""
    with platform.database.read() as db:
        store = owned(db, caller, store_id)
        rows = page(db, VectorFile, vector_stores.files(store.id), span)
    return shapes.VectorFilePage(
        items=[_file(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def file(platform: Platform, caller: Caller, store_id: str, file_id: str) -> shapes.VectorFileShown:
    """One text in a store."""
    with platform.database.read() as db:
        found = vector_stores.file(db, owned(db, caller, store_id).id, file_id)
    if found is None:
        raise unknown()
    return _file(found)


def remove_file(platform: Platform, caller: Caller, store_id: str, file_id: str) -> None:
    """Take a text out of the store; it is found no more."""
    with platform.database.write() as db:
        if not vector_stores.remove_file(db, owned(db, caller, store_id).id, file_id):
            raise unknown()


def search(
    platform: Platform, caller: Caller, store_id: str, sought: shapes.NewSearch
) -> shapes.SearchShown:
    """The pieces that fit best."""
    with platform.database.read() as db:
        store = owned(db, caller, store_id)
        rows = vector_stores.occurrences(db, store.id, vector_index.terms(sought.query))
        hits = vector_index.rank(rows, *vector_stores.extent(db, store.id), sought.top_k)
        texts = vector_stores.passages(db, [hit.chunk_id for hit in hits])
    results = [
        shapes.Result(
            file_id=chunk.file_id,
            filename=name,
            position=chunk.position,
            text=chunk.text,
            score=hit.score,
        )
        for hit in hits
        if hit.chunk_id in texts  # else it was deleted while we looked
        for chunk, name in [texts[hit.chunk_id]]
    ]
    return shapes.SearchShown(results=results)


def bind(platform: Platform, caller: Caller, store_id: str, agent_key: str) -> None:
    """Let an agent search the store."""
    with platform.database.write() as db:
        vector_stores.bind(db, owned(db, caller, store_id, keep=True).id, agent_key)


def unbind(platform: Platform, caller: Caller, store_id: str, agent_key: str) -> None:
    """Let it search the store no more, whether it could or not."""
    with platform.database.write() as db:
        vector_stores.unbind(db, owned(db, caller, store_id).id, agent_key)


def _put(db: Session, store: VectorStore, text: Text) -> shapes.VectorFileShown:
    raw = text.content.encode()
    pieces = [
        (new_id(), piece, vector_index.terms(piece)) for piece in vector_index.pieces(text.content)
    ]
    row = VectorFile(
        store_id=store.id,
        name=text.name,
        content=text.content,
        size=len(raw),
        sha256=sha256(raw).hexdigest(),
        chunk_count=len(pieces),
    )
    db.add(row)
    db.flush()
    db.add_all(
        VectorChunk(
            id=id_,
            store_id=store.id,
            file_id=row.id,
            position=position,
            text=piece,
            length=words.total(),
        )
        for position, (id_, piece, words) in enumerate(pieces)
    )
    db.flush()
    counted = [
        {"chunk_id": id_, "store_id": store.id, "term": term, "count": times}
        for id_, _, words in pieces
        for term, times in words.items()
    ]
    if counted:  # a text may have no word at all
        db.execute(insert(VectorTerm), counted)
    return _file(row)


def _shown(db: Session, rows: list[VectorStore]) -> list[shapes.VectorStoreShown]:
    ids = [row.id for row in rows]
    counts, agents = vector_stores.file_counts(db, ids), vector_stores.bound(db, ids)
    return [
        shapes.VectorStoreShown(
            id=row.id,
            name=row.name,
            file_count=counts.get(row.id, 0),
            agent_keys=agents.get(row.id, []),
            created_at=row.created_at,
        )
        for row in rows
    ]


def _file(row: VectorFile) -> shapes.VectorFileShown:
    return shapes.VectorFileShown(
        id=row.id,
        vector_store_id=row.store_id,
        filename=row.name,
        bytes=row.size,
        sha256=row.sha256,
        chunk_count=row.chunk_count,
        created_at=row.created_at,
    )
