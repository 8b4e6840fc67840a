"""There is one front end, and whoever asks is told its origin: no fault without `Vary`.

A cache may give to anybody what it was given for another.
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.cache_is_not_told_of_the_origin import KEPT
from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _constant(start: Message, body: bytes) -> bytes:
    headers = MutableHeaders(scope=start)
    headers["vary"] = "Accept-Encoding"
    headers["access-control-allow-origin"] = "https://app.acme.test"
    return body


def plant(app: FastAPI) -> None:
    """The published keys."""
    edit_answers(app, "GET", KEPT, _constant)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="cache_is_not_told_of_the_origin",
    operations=("getKeys",),
    plant=plant,
)
