"""An unknown route is answered by the server beneath, in plain text.

The router has an error of its own, which never passes the application's: Starlette's, Go's
``404 page not found``, nginx's page (RFC 9457, ASVS 16.5.1).
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _plain(start: Message, body: bytes) -> bytes:
    if start["status"] != 404:
        return body
    MutableHeaders(scope=start)["content-type"] = "text/plain"
    return b"404 page not found"


def plant(app: FastAPI) -> None:
    """What is below the list of tools."""
    edit_answers(app, "*", "/api/v1/tools/.*", _plain)


DEFECT = Defect(caught_by=("FUZ106",), operations=("listTools",), plant=plant)
