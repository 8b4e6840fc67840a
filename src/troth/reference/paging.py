"""The three query parameters of every list."""

from typing import Annotated

from fastapi import Depends

from troth.reference.fields import Cursor, Limit, Offset
from troth.reference.storage.pages import Span


async def _span(limit: Limit = 20, offset: Offset = 0, cursor: Cursor = None) -> Span:
    return Span(limit, offset, cursor)


SpanHere = Annotated[Span, Depends(_span)]
