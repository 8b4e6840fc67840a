"""Files that the AI provider keeps for a tenant."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from troth.reference.fields import Shown
from troth.reference.schemas.storage import Count

FILE_ID_PATTERN = r"^file-[0-9a-f]{32}$"
FileId = Annotated[str, Field(pattern=FILE_ID_PATTERN, examples=[f"file-{0:032x}"])]


class HostedFile(Shown):
    """A file at the provider."""

    id: FileId
    filename: str
    purpose: Literal["assistants", "user_data", "container"]
    bytes: Count
    created_at: datetime


class HostedFilePage(Shown):
    """A page of files."""

    items: list[HostedFile]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
