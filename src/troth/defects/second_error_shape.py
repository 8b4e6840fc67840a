"""Malformed JSON is answered by the parser, in a shape of its own.

All errors are problem details but the one that the framework's body parser writes: Express'
``{"error": …}``, FastAPI's ``{"detail": …}``, Spring's (RFC 9457, ASVS 16.5.1).
"""

import json

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _own(start: Message, body: bytes) -> bytes:
    if start["status"] != 400:
        return body
    MutableHeaders(scope=start)["content-type"] = "application/json"
    return json.dumps({"error": "Unexpected end of JSON input"}).encode()


def plant(app: FastAPI) -> None:
    """Every 400."""
    edit_answers(app, "*", ".*", _own)


DEFECT = Defect(caught_by=("FUZ106",), operations=("createConversation",), plant=plant)
