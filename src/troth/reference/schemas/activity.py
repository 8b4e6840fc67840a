"""What happens in a tenant."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from troth.reference.fields import Id, Shown

Count = Annotated[int, Field(ge=0)]


class ActivityShown(Shown):
    """Something that happened, and whether the caller has read it."""

    id: Id
    action: Annotated[str, Field(pattern="^[a-z_.]+$")]
    actor_id: Id | None
    subject_type: Annotated[str, Field(pattern="^[a-z_]+$")]
    subject_id: Id | None
    created_at: datetime
    read: bool


class ActivityPage(Shown):
    """A page of what happened."""

    items: list[ActivityShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
    unread_count: Count


class Unread(Shown):
    """How much the caller has not read."""

    unread_count: Count
