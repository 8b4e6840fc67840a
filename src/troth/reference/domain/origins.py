"""Streams are for our own pages: a browser says where it comes from, and elsewhere is refused."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from troth.reference.problems import ProblemError

DETAIL = "This origin is not allowed."


async def check(connection: HTTPConnection) -> None:
    """ProblemError 403 for an Origin that is not configured. Only browsers send one."""
    offered = connection.headers.getlist("origin")
    allowed: list[str] = connection.app.state.platform.settings.cors_origins
    if offered and (len(offered) != 1 or offered[0] not in allowed):
        raise ProblemError(403, DETAIL)


OwnOrigin = Annotated[None, Depends(check)]
ERRORS = {403: DETAIL}
