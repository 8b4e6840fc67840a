"""A tenant's assets."""

from fastapi import Response

from troth.reference.domain import assets
from troth.reference.domain.access import CallerHere
from troth.reference.domain.objects import NOT_THERE
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import assets as shapes
from troth.reference.schemas.storage import DownloadUrl

routes = Routes("/api/v1/assets", "assets", "Named objects of a tenant, with thumbnails.")
UNKNOWN = {404: "You have no such asset."}
_LINKS = {
    name: {"asset_id": "$response.body#/id"}
    for name in ("getAsset", "getAssetDownloadUrl", "deleteAsset")
}


@routes.operation(
    "GET",
    "",
    "listAssets",
    "Assets of my tenant",
    access="everyone",
    ids={"/api/v1/assets/{asset_id}": "/items/0/id"},
    scope="storage:read",
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.AssetPage:
    """In the order they were registered."""
    return assets.pages(platform, caller, span)


@routes.operation(
    "POST",
    "",
    "registerAsset",
    "Make an object an asset",
    access="everyone",
    scope="storage:write",
    status=201,
    errors={404: "You have no such object.", 409: NOT_THERE},
    headers=("Location",),
    links=_LINKS,
)
def register(
    body: shapes.NewAsset, caller: CallerHere, platform: Here, response: Response
) -> shapes.AssetShown:
    """An asset of a stored object; the kind follows from its media type."""
    shown = assets.register(platform, caller, body)
    response.headers["Location"] = f"/api/v1/assets/{shown.id}"
    return shown


@routes.operation(
    "POST",
    "/thumbnail-urls",
    "getThumbnailUrls",
    "Leave to download thumbnails",
    access="everyone",
    ids={
        "/api/v1/assets/{asset_id}": "/items/0/asset_id",
        "/api/v1/storage/downloads/{download_token}": "/items/0/download_token",
    },
    scope="storage:read",
)
def thumbnail_urls(
    body: shapes.ThumbnailsWanted, caller: CallerHere, platform: Here
) -> shapes.Thumbnails:
    """PNG images have one; what has none is `unsupported`, what is not there is `missing`."""
    return assets.thumbnail_urls(platform, caller, body)


@routes.operation(
    "GET",
    "/{asset_id}",
    "getAsset",
    "An asset",
    access="everyone",
    ids={"/api/v1/assets/{asset_id}": "/id", "/api/v1/storage/objects/{object_id}": "/object_id"},
    scope="storage:read",
    errors=UNKNOWN,
)
def one(asset_id: PathId, caller: CallerHere, platform: Here) -> shapes.AssetShown:
    """One of the tenant's assets."""
    return assets.one(platform, caller, asset_id)


@routes.operation(
    "GET",
    "/{asset_id}/download-url",
    "getAssetDownloadUrl",
    "Leave to download an asset",
    access="everyone",
    scope="storage:read",
    errors=UNKNOWN | {409: NOT_THERE},
    links={"downloadObject": {"download_token": "$response.body#/download_token"}},
)
def leave_to_download(asset_id: PathId, caller: CallerHere, platform: Here) -> DownloadUrl:
    """A URL of its bytes, relative to this service, for whoever has it until it expires."""
    return assets.leave_to_download(platform, caller, asset_id)


@routes.operation(
    "DELETE",
    "/{asset_id}",
    "deleteAsset",
    "Delete an asset",
    access="everyone",
    scope="storage:write",
    status=204,
    errors=UNKNOWN,
    response_class=Response,
)
def remove(asset_id: PathId, caller: CallerHere, platform: Here) -> None:
    """Deletes it, not its object; once more, if it is deleted, does nothing."""
    assets.remove(platform, caller, asset_id)
