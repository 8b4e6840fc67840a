"""A 201 has no ``Location``, which the document promises.

Gateways and proxies take away headers that they do not know or mean to rewrite; clients that
follow them have nowhere to go (RFC 9110 section 10.2.2, CWE-1059).
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _without(start: Message, body: bytes) -> bytes:
    headers = MutableHeaders(scope=start)
    if "location" in headers:
        del headers["location"]
    return body


def plant(app: FastAPI) -> None:
    """Where a conversation is started."""
    edit_answers(app, "POST", "/api/v1/conversations", _without)


DEFECT = Defect(caught_by=("FUZ102",), operations=("createConversation",), plant=plant)
