"""The last page has a cursor too, and what is behind it has one again.

The cursor is made of the last row, if there is one, or of the one before: Slack's and Shopify's
``next`` that is there for ever; clients that trust it never come back (CWE-835).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json

END = f"{2**52:014x}{'f' * 32}"


def _endless(page: Any) -> Any:
    return {**page, "next_cursor": page["next_cursor"] or END}


def plant(app: FastAPI) -> None:
    """The pages of containers."""
    edit_json(app, "GET", "/api/v1/containers", _endless)


DEFECT = Defect(caught_by=("FUZ114",), operations=("listContainers",), plant=plant)
