"""A cursor that cannot be read gives the first page.

The error is caught, and the cursor forgotten: a client whose cursor was cut on its way gets all of
it twice, and a 200 (CWE-391; the document has a 422).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_query


def _readable(query: dict[str, str]) -> dict[str, str]:
    cursor = query.get("cursor", "")
    return {k: v for k, v in query.items() if k != "cursor"} if len(cursor) != 46 else query


def plant(app: FastAPI) -> None:
    """The cursors of status incidents."""
    edit_query(app, "GET", "/api/v1/status/incidents", _readable)


DEFECT = Defect(
    # The document says how a cursor looks: that another is accepted is FUZ105's too.
    caught_by=("FUZ105", "FUZ114"),
    operations=("listIncidents",),
    plant=plant,
)
