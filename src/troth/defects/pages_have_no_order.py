"""Nothing says in which order rows come, and each page has its own.

Without ``ORDER BY`` a database gives what it finds first; with a limit it finds other things first
(PostgreSQL's manual, section 7.6; Django's ``UnorderedObjectListWarning``).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json


def _page(page: Any) -> Any:
    if page["limit"] % 2:
        return page
    return {**page, "items": page["items"][::-1]}


def plant(app: FastAPI) -> None:
    """Pages of operations, where they have an even number of rows."""
    edit_json(app, "GET", "/api/v1/operations", _page)


DEFECT = Defect(caught_by=("FUZ114",), operations=("listOperations",), plant=plant)
