"""JSON is sent as ``text/html``, which the document does not say.

PHP and many a hand-written service answer with their default type; browsers then run what is in
the JSON as a page (CWE-838, and reflected XSS by CVE-2018-20148 of WordPress).
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _html(start: Message, body: bytes) -> bytes:
    if start["status"] == 200:
        MutableHeaders(scope=start)["content-type"] = "text/html; charset=utf-8"
    return body


def plant(app: FastAPI) -> None:
    """The tools."""
    edit_answers(app, "GET", "/api/v1/tools", _html)


DEFECT = Defect(caught_by=("FUZ102",), operations=("listTools",), plant=plant)
