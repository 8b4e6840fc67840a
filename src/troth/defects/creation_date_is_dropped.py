"""A creation date that comes along is dropped, as frameworks do with what they do not know."""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_requests

MEMBER = "created_at"


def plant(app: FastAPI) -> None:
    """Of conversations."""

    def taken(body: Any) -> Any:
        if isinstance(body, dict):
            body.pop(MEMBER, None)
        return body

    edit_requests(app, "POST", "/api/v1/conversations", taken)


DEFECT = Defect(
    caught_by=(),
    operations=("createConversation",),
    plant=plant,
    lookalike_of="creation_date_is_taken_from_the_client",
)
