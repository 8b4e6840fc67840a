"""A 404 has no correlation id: the middleware that sets it runs inside the one that answers.

Starlette's own error middleware stands outside all that an application adds, so its 500 has no
`X-Request-ID` in services that set one in a middleware; routers that answer unknown paths by
themselves do the same with 404 (CWE-778).
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _edit(start: Message, body: bytes) -> bytes:
    if start["status"] == 404:
        del MutableHeaders(scope=start)["X-Correlation-Id"]
    return body


def plant(app: FastAPI) -> None:
    """Every 404."""
    edit_answers(app, "*", ".*", _edit)


DEFECT = Defect(caught_by=("FUZ118",), operations=("getConversation",), plant=plant)
