"""Asks an ASGI application one question without a server."""

import asyncio
from typing import Any

from troth.errors import UsageError
from troth.exchange import Response


async def ask(app: Any, path: str, name: str, *, within: float = 10.0) -> Response:
    """GET ``path`` of ``app`` (ASGI 3.0); ``within`` is in seconds. Raises UsageError."""
    status, headers, body = 0, [], bytearray()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"accept", b"application/json")],
        "client": ("127.0.0.1", 0),
        "server": ("localhost", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = int(message["status"])
            headers = [
                (key.decode("latin-1"), value.decode("latin-1"))
                for key, value in message.get("headers", ())
            ]
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    try:
        await asyncio.wait_for(app(scope, receive, send), within)
    except TimeoutError as error:
        raise UsageError(f"{name} did not answer {path} within {within:g} s; start it") from error
    except Exception as error:
        raise UsageError(
            f"{name} failed on GET {path}: {error!r}; start it and name its document's URL"
        ) from error
    return Response(status, tuple(headers), bytes(body))
