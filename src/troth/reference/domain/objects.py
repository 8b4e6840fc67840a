"""A tenant's stored objects: announced, uploaded as announced, downloaded, deleted."""

from hashlib import sha256
from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain import conversations
from troth.reference.domain.access import Caller
from troth.reference.domain.announced import looks_like
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import storage as shapes
from troth.reference.schemas.uploads import NewAgentInput
from troth.reference.storage import assets, objects
from troth.reference.storage.objects import StoredObject
from troth.reference.storage.pages import Span, page
from troth.reference.tickets import Deed

UPLOADS = "/api/v1/storage/uploads"
DOWNLOADS = "/api/v1/storage/downloads"
NOT_THERE = "The bytes of this object are not here (yet): upload them first."
_EXPIRED = "This URL is not one of ours, or its time is over."


def announce(
    platform: Platform, caller: Caller, new: shapes.NewObject | NewAgentInput
) -> shapes.UploadUrl:
    """A pending object, and leave to upload its bytes."""
    row = StoredObject(
        tenant_id=caller.tenant_id,
        owner_id=caller.user_id,
        purpose="general",
        filename=new.filename,
        content_type=new.content_type,
        size=new.size,
        announced=new.sha256,
    )
    with platform.database.write() as db:
        if isinstance(new, NewAgentInput):
            row.purpose, row.agent_key = "agent-input", new.agent_key
            if new.conversation_id is not None:
                talk = conversations.owned(db, caller, new.conversation_id)
                row.conversation_id = talk.id
        db.add(row)
        db.flush()
    ticket = platform.content.tickets.issue("upload", row.id)
    return shapes.UploadUrl(
        object_id=row.id,
        upload_url=f"{UPLOADS}/{ticket.text}",
        upload_token=ticket.text,
        method="PUT",
        headers=shapes.TransferHeaders.model_validate({"Content-Type": "application/octet-stream"}),
        expires_at=ticket.expires_at,
    )


def pages(platform: Platform, caller: Caller, span: Span) -> shapes.ObjectPage:
    """The objects that the caller may see."""
    with platform.database.read() as db:
        rows = page(db, StoredObject, objects.live(caller.tenant_id, caller.user_id), span)
    return shapes.ObjectPage(
        items=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def admitted(platform: Platform, token: str, *deeds: Deed) -> tuple[StoredObject, Deed]:
    """The live object that the ticket is for; ProblemError 403 or 404."""
    ticket = platform.content.tickets.believe(token, *deeds)
    if ticket is None:
        raise ProblemError(403, _EXPIRED)
    with platform.database.read() as db:
        row = db.get(StoredObject, ticket.object_id)
    if row is None or row.state == "deleted":
        raise unknown()
    return row, ticket.deed


def keep(platform: Platform, row: StoredObject, data: bytes) -> shapes.ObjectShown:
    """Store the bytes if they are the announced ones; the same bytes again change nothing."""
    digest = sha256(data).hexdigest()
    if len(data) != row.size:
        raise ProblemError(409, f"{row.size} bytes were announced, not {len(data)}.")
    if row.announced not in (None, digest):
        raise ProblemError(409, "These bytes have another SHA-256 than was announced.")
    if not looks_like(row.content_type, data):
        raise ProblemError(409, f"These bytes are not {row.content_type}, as was announced.")
    # First the bytes, then the word that they are there: no reader finds the word alone.
    key = f"{row.id}.{digest}"
    platform.content.objects.put(key, data)
    with platform.database.write() as db:
        done = objects.store(db, row.id, digest)
        after = db.get(StoredObject, row.id)
    if after is not None and done:
        return _shown(after)
    platform.content.objects.delete(key)  # it names our digest, so nobody else's bytes go
    if after is None or after.state == "deleted":
        raise unknown()
    raise ProblemError(409, "Other bytes were uploaded before these.")


def found(db: Session, caller: Caller, id_: str, *, lock: bool = False) -> StoredObject:
    """The caller's object, stored with its bytes or pending; ProblemError 404 for any other."""
    query = objects.live(caller.tenant_id, caller.user_id).where(StoredObject.id == id_.lower())
    row = db.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise unknown()
    return row


def download_url(platform: Platform, row: StoredObject, deed: Deed) -> shapes.DownloadUrl:
    """Leave to download an object, or its thumbnail; ProblemError 409 without its bytes."""
    if row.state != "stored" or not platform.content.objects.has(row.key):
        raise ProblemError(409, NOT_THERE)
    return signed(platform, row, deed)


def signed(platform: Platform, row: StoredObject, deed: Deed) -> shapes.DownloadUrl:
    """A URL for that deed."""
    ticket = platform.content.tickets.issue(deed, row.id)
    return shapes.DownloadUrl(
        download_url=f"{DOWNLOADS}/{ticket.text}",
        download_token=ticket.text,
        method="GET",
        expires_at=ticket.expires_at,
    )


def leave_to_download(platform: Platform, caller: Caller, id_: str) -> shapes.DownloadUrl:
    """A URL of the object's bytes."""
    with platform.database.read() as db:
        row = found(db, caller, id_)
    return download_url(platform, row, "download")


def remove(platform: Platform, caller: Caller, id_: str) -> None:
    """Delete an object with its bytes and assets; one that is deleted already stays so."""
    query = objects.seen_by(caller.tenant_id, caller.user_id)
    with platform.database.write() as db:
        row = db.scalar(query.where(StoredObject.id == id_.lower()).with_for_update())
        if row is None:
            raise unknown()
        row.state = "deleted"
        assets.end_with_object(db, row.id)
    if row.sha256 is not None:
        for key in (row.key, f"{row.key}.thumbnail"):
            platform.content.objects.delete(key)


def _shown(row: StoredObject) -> shapes.ObjectShown:
    return shapes.ObjectShown(
        id=row.id,
        filename=row.filename,
        content_type=cast("shapes.ContentType", row.content_type),
        size=row.size,
        sha256=row.sha256,
        purpose=cast("shapes.Purpose", row.purpose),
        state=cast("shapes.State", row.state),
        created_at=row.created_at,
        stored_at=row.stored_at,
    )
