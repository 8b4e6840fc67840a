"""A number in quotes is taken for a number.

Pydantic's lax mode, Jackson and Rails coerce what the schema forbids, so that two readers of one
request see two things; FastAPI's stock applications all do (CWE-843, CWE-20).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_requests


def _lax(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    size = body.get("size")
    if size is None or isinstance(size, bool | str | list | dict):
        return {**body, "size": 12}
    return body


def plant(app: FastAPI) -> None:
    """The size of an upload, which may be anything."""
    edit_requests(app, "POST", "/api/v1/storage/objects/upload-url", _lax)


DEFECT = Defect(caught_by=("FUZ105",), operations=("presignUpload",), plant=plant)
