"""One of the streams does not look at the Origin, as all others do.

The check stands in each route, and a new one came without it.
"""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import origins

Check = Callable[[HTTPConnection], Awaitable[None]]


async def _check(check: Check, connection: HTTPConnection) -> None:
    if not connection.scope["path"].endswith("/activity/stream"):
        await check(connection)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """The stream of what happens in a tenant."""
    wrap(origins, "check", _check)


DEFECT = Defect(caught_by=("SEC332",), operations=("streamActivity", "queryAgent"), plant=plant)
