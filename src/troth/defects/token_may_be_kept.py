"""The answer to a login may be kept by any cache for five minutes.

A rule for all answers of one host, written for its pictures (RFC 6749 section 5.1).
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _kept(start: Message, body: bytes) -> bytes:
    MutableHeaders(scope=start)["cache-control"] = "public, max-age=300"
    return body


def plant(app: FastAPI) -> None:
    """Logins."""
    edit_answers(app, "POST", "/api/v1/auth/(token|refresh)", _kept)


DEFECT = Defect(caught_by=("SEC345",), operations=("createToken",), plant=plant)
