"""Each item of a list is compared with each other one, before anybody looks how many there are.

(CWE-407, CWE-770): so a few kilobytes keep a worker busy; GraphQL's check of overlapping fields did
it in every implementation once (CVE-2022-37734 of graphql-java).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_requests

PATH = "/api/v1/assets/thumbnail-urls"
_MOST = 2_000
"""Beyond that nothing else would be seen of the service."""


def _same(one: str, two: str) -> bool:
    return one.strip().replace("-", "").casefold() == two.strip().replace("-", "").casefold()


def _compared(body: Any) -> Any:
    given = body.get("asset_ids") if isinstance(body, dict) else None
    if isinstance(given, list) and len(given) <= _MOST and all(isinstance(e, str) for e in given):
        sum(_same(one, two) for one in given for two in given)
    return body


def plant(app: FastAPI) -> None:
    """Assets whose thumbnails are asked for."""
    edit_requests(app, "POST", PATH, _compared)


DEFECT = Defect(caught_by=("SEC364",), operations=("getThumbnailUrls",), plant=plant)
