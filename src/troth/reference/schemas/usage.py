"""Usage counters, one a feature and month."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from troth.reference.fields import Id, Shown

Count = Annotated[int, Field(ge=0)]


class CounterShown(Shown):
    """How much of a feature was used in one month."""

    id: Id
    feature: Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=64)]
    period: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    count: Count
    created_at: datetime
    updated_at: datetime


class UsagePage(Shown):
    """A page of counters."""

    items: list[CounterShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
