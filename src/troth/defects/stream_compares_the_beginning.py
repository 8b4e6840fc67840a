"""Streams take every Origin that begins as an allowed one: `https://app.acme.test.evil.test`."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import origins

Check = Callable[[HTTPConnection], Awaitable[None]]


async def _check(check: Check, connection: HTTPConnection) -> None:
    offered = connection.headers.get("origin", "")
    if connection.scope["type"] != "http" or not offered.startswith("https://app.acme.test"):
        await check(connection)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """The beginning decides."""
    wrap(origins, "check", _check)


DEFECT = Defect(caught_by=("SEC332",), operations=("queryAgent",), plant=plant)
