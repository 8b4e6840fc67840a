"""Who asks for a product is told it, as a calculator or a language model does: no fault."""

import re
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json

_PRODUCT = re.compile(r"(\d{1,6})\s*\*\s*(\d{1,6})")


def _solved(body: Any) -> Any:
    if isinstance(body, dict) and isinstance(body.get("display_name"), str):
        name = _PRODUCT.sub(lambda each: str(int(each[1]) * int(each[2])), body["display_name"])
        return {**body, "display_name": name}
    return body


def plant(app: FastAPI) -> None:
    """The name of a new conversation."""
    edit_json(app, "POST", "/api/v1/conversations", _solved)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="name_is_rendered",
    operations=("createConversation",),
    plant=plant,
)
