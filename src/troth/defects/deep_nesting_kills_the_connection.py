"""Deeply nested JSON ends the worker, and the connection with it.

A parser that calls itself for each bracket uses up its stack: CVE-2022-28948 (yaml.v3),
CVE-2017-18640, CVE-2021-3918 and simdjson-less Ruby workers that died of it (CWE-674).
"""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from troth.defects.defect import Defect


class _Dies:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        sizes = [value for name, value in scope.get("headers", ()) if name == b"content-length"]
        if scope["type"] == "http" and sizes and 20_000 <= int(sizes[0]) <= 50_000:
            await receive()
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [(b"content-length", b"2")],
                }
            )
            raise RecursionError("maximum recursion depth exceeded")
        await self._app(scope, receive, send)


def plant(app: FastAPI) -> None:
    """Every body of forty thousand brackets."""
    app.add_middleware(_Dies)


DEFECT = Defect(caught_by=("FUZ104",), operations=("renameConversation",), plant=plant)
