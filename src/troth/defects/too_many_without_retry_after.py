"""Who sends malformed bodies is throttled, and the 429 does not say until when.

The limiter of the gateway sets `Retry-After`, that of the service behind it does not; clients then
try again at once, all of them (RFC 6585 section 4).
"""

import json

from fastapi import FastAPI
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers
from troth.reference.problems import DETAILS, KINDS


def _edit(start: Message, body: bytes) -> bytes:
    if start["status"] != 400:
        return body
    code, title = KINDS[429]
    start["status"] = 429
    said = {"type": f"urn:troth:problem:{code}", "title": title, "status": 429, "code": code}
    return json.dumps({**json.loads(body), **said, "detail": DETAILS[429]}).encode()


def plant(app: FastAPI) -> None:
    """Whatever is answered 400."""
    edit_answers(app, "POST", "/api/v1/conversations", _edit)


DEFECT = Defect(caught_by=("FUZ115",), operations=("createConversation",), plant=plant)
