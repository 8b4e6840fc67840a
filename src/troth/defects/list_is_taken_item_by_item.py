"""A long list takes as much longer as it is longer: no fault by itself.

So it is with whatever does something for each item.
"""

import time
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.list_is_compared_with_itself import PATH
from troth.defects.planting import edit_requests

_EACH = 0.0004
"""Seconds."""


def _one_by_one(body: Any) -> Any:
    given = body.get("asset_ids") if isinstance(body, dict) else None
    if isinstance(given, list):
        time.sleep(_EACH * len(given))
    return body


def plant(app: FastAPI) -> None:
    """Assets whose thumbnails are asked for."""
    edit_requests(app, "POST", PATH, _one_by_one)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="list_is_compared_with_itself",
    operations=("getThumbnailUrls",),
    plant=plant,
)
