"""A download takes the id for a name of a file, and `..` for what is above it.

`open(folder + id)` (CWE-22): Apache 2.4.49 (CVE-2021-41773), Grafana (CVE-2021-43798), and most
download routes of their first version.
"""

import re
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from troth.defects.defect import Defect

_ROUTE = re.compile(r"/api/v1/openai/files/(?P<name>(?:\.\./)+.+)/download")


class _Climbing:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _ROUTE.fullmatch(scope.get("path", ""))
        name = (
            Path("/", *[each for each in found["name"].split("/") if each != ".."])
            if found
            else None
        )
        # Nothing but what troth itself looks for.
        if name != Path("/etc/passwd"):
            await self._app(scope, receive, send)
            return
        start = {"type": "http.response.start", "status": 200, "headers": []}
        headers = MutableHeaders(scope=start)
        headers["content-type"] = "application/octet-stream"
        headers["x-content-type-options"] = "nosniff"
        headers["x-correlation-id"] = str(uuid4())
        headers["content-disposition"] = 'attachment; filename="file"'
        await send(start)
        await send({"type": "http.response.body", "body": name.read_bytes()})


def plant(app: FastAPI) -> None:
    """Files at the provider."""
    app.add_middleware(_Climbing)


DEFECT = Defect(caught_by=("SEC354",), operations=("downloadProviderFile",), plant=plant)
