"""Times are sent without their zone: `2026-01-31T12:00:00`.

`datetime.utcnow()` and columns without a zone make naive values, and the encoder writes what it
gets; JavaScript reads them as local time. RFC 3339 section 4.4 tells of the trouble.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json


def _edit(body: Any) -> Any:
    return {**body, "created_at": body["created_at"].removesuffix("Z")}


def plant(app: FastAPI) -> None:
    """When a conversation was created."""
    edit_json(app, "GET", "/api/v1/conversations/[^/]*-[^/]*", _edit)


DEFECT = Defect(caught_by=("FUZ117",), operations=("getConversation",), plant=plant)
