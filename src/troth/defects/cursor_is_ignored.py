"""The cursor is read and not used: every page is the first one.

The parameter has another name in the code than in the document, and clients go round for ever:
Notion's and HubSpot's SDKs, Docker Hub's ``last`` (CWE-835).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_query


def _without(query: dict[str, str]) -> dict[str, str]:
    # One that is none is refused as before: the name is known to the validator.
    cursor = query.get("cursor", "")
    return {k: v for k, v in query.items() if k != "cursor"} if len(cursor) == 46 else query


def plant(app: FastAPI) -> None:
    """The cursors of hooks."""
    edit_query(app, "GET", "/api/v1/hooks", _without)


DEFECT = Defect(caught_by=("FUZ114",), operations=("listHooks",), plant=plant)
