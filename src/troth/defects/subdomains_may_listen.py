"""Streams and WebSockets take subdomains of an allowed origin: these are the same people's."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import origins

Check = Callable[[HTTPConnection], Awaitable[None]]


async def _check(check: Check, connection: HTTPConnection) -> None:
    offered = connection.headers.get("origin", "")
    if not (offered.startswith("https://") and offered.endswith(".app.acme.test")):
        await check(connection)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """The end decides, from the dot on."""
    wrap(origins, "check", _check)


DEFECT = Defect(
    caught_by=(),
    operations=("queryAgent", "queryOverWebSocket"),
    plant=plant,
    lookalike_of="stream_compares_the_beginning",
)
