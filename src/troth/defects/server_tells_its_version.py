"""Every answer tells the version of the server, and whoever knows its faults takes note."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _told(start: Message, body: bytes) -> bytes:
    MutableHeaders(scope=start)["server"] = "Werkzeug/2.2.3 Python/3.11.7"
    return body


def plant(app: FastAPI) -> None:
    """All answers."""
    edit_answers(app, "*", ".*", _told)


DEFECT = Defect(caught_by=("SEC345",), operations=("getIdentity",), plant=plant)
