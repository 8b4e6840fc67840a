"""Every answer names the server, without a version."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _told(start: Message, body: bytes) -> bytes:
    MutableHeaders(scope=start)["server"] = "gunicorn"
    MutableHeaders(scope=start)["x-powered-by"] = "Express"
    return body


def plant(app: FastAPI) -> None:
    """All answers."""
    edit_answers(app, "*", ".*", _told)


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity",),
    plant=plant,
    lookalike_of="server_tells_its_version",
)
