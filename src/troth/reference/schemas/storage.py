"""Stored objects, and the URLs by which their bytes come and go."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from troth.reference.fields import Given, Id, Integer, NotNull, Shown

MOST_BYTES = 1024 * 1024
FILENAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"
EXAMPLE = "Bring the figures of the second quarter.\n"

ContentType = Literal[
    "application/octet-stream",
    "application/pdf",
    "image/jpeg",
    "image/png",
    "text/csv",
    "text/plain",
]
Purpose = Literal["general", "agent-input"]
State = Literal["pending", "stored"]
Size = Annotated[Integer, Field(ge=1, le=MOST_BYTES)]
Filename = Annotated[str, Field(min_length=1, max_length=120, pattern=FILENAME_PATTERN)]
Sha256 = Annotated[str, Field(pattern=SHA256_PATTERN)]
Count = Annotated[int, Field(ge=0)]

ANNOUNCED: dict[str, JsonValue] = {
    "filename": "notes.txt",
    "content_type": "text/plain",
    "size": len(EXAMPLE),
    "sha256": sha256(EXAMPLE.encode()).hexdigest(),
}


class NewObject(Given):
    """An object that is going to be uploaded, as it will be."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ANNOUNCED]})

    filename: Filename
    content_type: ContentType
    size: Size
    sha256: Annotated[Sha256 | None, NotNull()] = None


class TransferHeaders(Shown):
    """The headers to be sent with the bytes."""

    content_type: Annotated[
        Literal["application/octet-stream"],
        Field(alias="Content-Type", serialization_alias="Content-Type"),
    ]


class UploadUrl(Shown):
    """Leave to upload the bytes of one object."""

    object_id: Id
    upload_url: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
    upload_token: str
    method: Literal["PUT"]
    headers: TransferHeaders
    expires_at: datetime


class DownloadUrl(Shown):
    """Leave to download the bytes of one object."""

    download_url: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
    download_token: str
    method: Literal["GET"]
    expires_at: datetime


class ObjectShown(Shown):
    """An object; its digest is known since its bytes are there."""

    id: Id
    filename: str
    content_type: ContentType
    size: Count
    sha256: Sha256 | None
    purpose: Purpose
    state: State
    created_at: datetime
    stored_at: datetime | None


class ObjectPage(Shown):
    """A page of objects."""

    items: list[ObjectShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
