"""A tenant's assets: registered from stored objects, shown small, downloaded, deleted."""

from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain import objects, thumbnails
from troth.reference.domain.access import Caller
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import assets as shapes
from troth.reference.schemas.storage import ContentType, DownloadUrl
from troth.reference.storage import assets
from troth.reference.storage.assets import Asset
from troth.reference.storage.objects import StoredObject
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import now

_KINDS: dict[str, shapes.Kind] = {
    "application/pdf": "document",
    "image/jpeg": "image",
    "image/png": "image",
    "text/csv": "table",
    "text/plain": "document",
}


def register(platform: Platform, caller: Caller, new: shapes.NewAsset) -> shapes.AssetShown:
    """A stored object as an asset; ProblemError 409 while it has no bytes."""
    with platform.database.write() as db:
        source = objects.found(db, caller, new.object_id, lock=True)
        if source.state != "stored":
            raise ProblemError(409, objects.NOT_THERE)
        row = Asset(
            tenant_id=caller.tenant_id,
            object_id=source.id,
            name=new.name,
            content_type=source.content_type,
            size=source.size,
        )
        db.add(row)
        db.flush()
        return _shown(row)


def pages(platform: Platform, caller: Caller, span: Span) -> shapes.AssetPage:
    """The tenant's assets."""
    with platform.database.read() as db:
        rows = page(db, Asset, assets.live(caller.tenant_id), span)
    return shapes.AssetPage(
        items=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, caller: Caller, id_: str) -> shapes.AssetShown:
    """One asset."""
    with platform.database.read() as db:
        return _shown(_found(db, caller, id_)[0])


def leave_to_download(platform: Platform, caller: Caller, id_: str) -> DownloadUrl:
    """A URL of the asset's bytes."""
    with platform.database.read() as db:
        source = _found(db, caller, id_)[1]
    return objects.download_url(platform, source, "download")


def thumbnail_urls(
    platform: Platform, caller: Caller, wanted: shapes.ThumbnailsWanted
) -> shapes.Thumbnails:
    """Each asset once, in the order asked for: in `items`, `missing` or `unsupported`."""
    ids = list(dict.fromkeys(each.lower() for each in wanted.asset_ids))
    with platform.database.read() as db:
        there = {row.id: source for row, source in assets.with_objects(db, caller.tenant_id, ids)}
    answer = shapes.Thumbnails(items=[], missing=[], unsupported=[])
    for id_ in ids:
        source = there.get(id_)
        if source is None or not platform.content.objects.has(source.key):
            answer.missing.append(id_)
            continue
        picture = thumbnails.kept(platform, source)
        if picture is None:
            answer.unsupported.append(id_)
        else:
            answer.items.append(_thumbnail(platform, id_, source, picture))
    return answer


def remove(platform: Platform, caller: Caller, id_: str) -> None:
    """Delete an asset, not its object; one that is deleted already stays so."""
    query = assets.of_tenant(caller.tenant_id).where(Asset.id == id_.lower())
    with platform.database.write() as db:
        row = db.scalar(query.with_for_update())
        if row is None:
            raise unknown()
        row.deleted_at = row.deleted_at or now()


def _found(db: Session, caller: Caller, id_: str) -> tuple[Asset, StoredObject]:
    rows = assets.with_objects(db, caller.tenant_id, [id_.lower()])
    if not rows:
        raise unknown()
    return rows[0]


def _thumbnail(
    platform: Platform, id_: str, source: StoredObject, picture: bytes
) -> shapes.ThumbnailShown:
    leave = objects.signed(platform, source, "thumbnail")
    width, height = thumbnails.sides(picture)
    return shapes.ThumbnailShown(
        **leave.model_dump(),
        asset_id=id_,
        content_type="image/png",
        width=width,
        height=height,
    )


def _shown(row: Asset) -> shapes.AssetShown:
    return shapes.AssetShown(
        id=row.id,
        object_id=row.object_id,
        name=row.name,
        kind=_KINDS.get(row.content_type, "other"),
        content_type=cast("ContentType", row.content_type),
        size=row.size,
        created_at=row.created_at,
    )
