"""What the defects of logs are planted with: one more line for each request."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Seen:
    """A request as a logging middleware sees it."""

    path: str
    query: str
    headers: Headers
    body: bytes


Line = Callable[[Seen], str]
"""What to write of a request; nothing where it is empty."""


class _Logged:
    def __init__(self, app: ASGIApp, line: Line) -> None:
        self._app = app
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and write a line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        pieces: list[bytes] = []

        async def read() -> Message:
            message = await receive()
            pieces.append(message.get("body", b""))
            return message

        await self._app(scope, read, send)
        query = scope["query_string"].decode("latin-1")
        seen = Seen(scope["path"], query, Headers(scope=scope), b"".join(pieces))
        line = self._line(seen)
        if line:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def also(app: FastAPI, line: Line) -> None:
    """Write ``line`` of each request beside its record."""
    app.add_middleware(_Logged, line=line)


def record(event: str, **facts: object) -> str:
    """A record as the service's own are."""
    return json.dumps({"level": "info", "event": event, **facts})
