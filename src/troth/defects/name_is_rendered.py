"""A name is rendered as a template before it is shown.

The page was made with the name in it, and then rendered once more (CWE-1336): Confluence's OGNL
(CVE-2022-26134), and every `render_template_string(f"Hello {name}")`.
"""

import re
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json

_PRODUCT = re.compile(r"\{\{\s*(\d{1,6})\s*\*\s*(\d{1,6})\s*\}\}")


def _rendered(body: Any) -> Any:
    if isinstance(body, dict) and isinstance(body.get("display_name"), str):
        name = _PRODUCT.sub(lambda each: str(int(each[1]) * int(each[2])), body["display_name"])
        return {**body, "display_name": name}
    return body


def plant(app: FastAPI) -> None:
    """The name of a new conversation."""
    edit_json(app, "POST", "/api/v1/conversations", _rendered)


DEFECT = Defect(caught_by=("SEC352",), operations=("createConversation",), plant=plant)
