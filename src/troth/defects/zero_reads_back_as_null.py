"""Zero is taken for nothing: what was sent as 0 reads back as null.

`value or None` where `value if value is not None else None` was meant (CWE-704). The document
allows null, so that nothing else is wrong with the answer.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json


def _nothing(body: Any) -> Any:
    for each in body.get("items", [body]) if isinstance(body, dict) else []:
        if each.get("progress") == 0:
            each["progress"] = None
    return body


def plant(app: FastAPI) -> None:
    """The progress of an operation's checkpoints."""
    described = app.openapi()["components"]["schemas"]["OperationCheckpoint"]["properties"]
    described["progress"] = {"anyOf": [described["progress"], {"type": "null"}]}
    edit_json(app, "*", r"/api/v1/operations/[^/]+/checkpoints", _nothing)


DEFECT = Defect(
    caught_by=("FUZ116",),
    operations=("addOperationCheckpoint", "listOperationCheckpoints"),
    plant=plant,
)
