"""What compresses answers says `Vary: Accept-Encoding`, in the place of what CORS had said.

Between them a shared cache gives one page the answer that was made for another, which its browser
keeps from it (Fetch standard, "CORS protocol and HTTP caches"). Amazon S3 and CloudFront did it,
and whoever assigns to the header where he should append.
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers

KEPT = "/.well-known/jwks.json"
"""The one answer that caches may keep."""


def _overwritten(start: Message, body: bytes) -> bytes:
    MutableHeaders(scope=start)["vary"] = "Accept-Encoding"
    return body


def plant(app: FastAPI) -> None:
    """The published keys."""
    edit_answers(app, "GET", KEPT, _overwritten)


DEFECT = Defect(caught_by=("SEC331",), operations=("getKeys",), plant=plant)
