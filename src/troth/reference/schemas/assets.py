"""Assets and their thumbnails."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Given, Id, Name, Shown
from troth.reference.schemas.storage import ContentType, Count, DownloadUrl

Kind = Literal["image", "document", "table", "other"]


class NewAsset(Given):
    """A stored object that becomes an asset."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"object_id": "00000000-0000-4000-8000-000000000000", "name": "Figures"}]
        },
    )

    object_id: Id
    name: Name


class ThumbnailsWanted(Given):
    """The assets whose thumbnails are wanted."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"asset_ids": ["00000000-0000-4000-8000-000000000000"]}]},
    )

    asset_ids: Annotated[list[Id], Field(min_length=1, max_length=20)]


class AssetShown(Shown):
    """An asset."""

    id: Id
    object_id: Id
    name: str
    kind: Kind
    content_type: ContentType
    size: Count
    created_at: datetime


class AssetPage(Shown):
    """A page of assets."""

    items: list[AssetShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class ThumbnailShown(DownloadUrl):
    """Leave to download the thumbnail of one asset."""

    asset_id: Id
    content_type: Literal["image/png"]
    width: Count
    height: Count


class Thumbnails(Shown):
    """Thumbnails of those assets that have one, and which have none, and which are not there."""

    items: list[ThumbnailShown]
    missing: list[Id]
    unsupported: list[Id]
