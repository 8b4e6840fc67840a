"""Whatever is no route of the service is the page of its front end, with 200: no fault."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers

_PAGE = b"<!doctype html><title>Agents</title><form>password: <input name=password></form>"


def _page(start: Message, body: bytes) -> bytes:
    if start["status"] != 404:
        return body
    start["status"] = 200
    MutableHeaders(scope=start)["content-type"] = "text/html"
    return _PAGE


def plant(app: FastAPI) -> None:
    """All but what stands below `/api`."""
    edit_answers(app, "GET", r"/(?!api/).*", _page)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="debug_route_shows_users",
    operations=("listTools",),
    plant=plant,
)
