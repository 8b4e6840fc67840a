"""Members that the schema forbids are dropped in silence.

``additionalProperties: false`` is written and not enforced, as by Spring and Express services whose
documents are generated apart from what they read: a misspelt member is a setting lost (CWE-20).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_requests


def _known(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: value for name, value in body.items() if name == "display_name"}


def plant(app: FastAPI) -> None:
    """Titles of conversations."""
    edit_requests(app, "PATCH", "/api/v1/conversations/[^/]+/title", _known)


DEFECT = Defect(caught_by=("FUZ105",), operations=("renameConversation",), plant=plant)
