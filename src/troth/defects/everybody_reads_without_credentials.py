"""`Access-Control-Allow-Origin: *` to pages that are not allowed, and no credentials.

Browsers keep cookies to themselves then, and a page has no bearer token but its own: it may read
what anybody may.
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _open(start: Message, body: bytes) -> bytes:
    MutableHeaders(scope=start).setdefault("Access-Control-Allow-Origin", "*")
    return body


def plant(app: FastAPI) -> None:
    """All answers that say nothing else."""
    edit_answers(app, "*", ".*", _open)


DEFECT = Defect(
    caught_by=(), operations=("getIdentity",), plant=plant, lookalike_of="origin_is_repeated"
)
