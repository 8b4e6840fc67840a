"""Bad targets: each serves a sound document, then misbehaves on the operations in it.

    python -m tests.apps.wire MODE

prints its port in one line and serves until its standard input closes.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Awaitable, Callable

FLOOD = 200 * 1024 * 1024
DRIP = 0.1  # seconds between two bytes: no read ever times out, no answer ever ends

THING = {
    "type": "object",
    "required": ["id", "name"],
    "additionalProperties": False,
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}
ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}


def _response(schema: dict) -> dict:
    return {"description": "So.", "content": {"application/json": {"schema": schema}}}


def _operation(name: str, status: str, schema: dict, **more) -> dict:
    responses = {status: _response(schema)}
    responses |= {code: _response(ERROR) for code in ("400", "401", "404", "422")}
    return {"operationId": name, "responses": responses, **more}


def document(*, secured: bool) -> dict:
    """A sound document of four operations."""
    new = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    body = {"required": True, "content": {"application/json": {"schema": new}}}
    thing_id = {"name": "thingId", "in": "path", "required": True, "schema": {"type": "integer"}}
    listed = {"type": "array", "items": THING}
    status = {"type": "object", "properties": {"up": {"type": "boolean"}}}
    found = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {
            "/things": {
                "get": _operation("listThings", "200", listed),
                "post": _operation("createThing", "201", THING, requestBody=body),
            },
            "/things/{thingId}": {
                "get": _operation("readThing", "200", THING, parameters=[thing_id])
            },
            "/status": {"get": _operation("status", "200", status)},
        },
    }
    if secured:
        found["security"] = [{"token": []}]
        found["components"] = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return found


def answer(status: str, content: object, *headers: str) -> bytes:
    """A whole HTTP response."""
    body = json.dumps(content).encode()
    head = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def sound(method: str, path: str) -> bytes:
    """The documented answer."""
    if path == "/status":
        return answer("200 OK", {"up": True})
    if method == "POST":
        return answer("201 Created", {"id": 1, "name": "a"})
    thing = {"id": 1, "name": "a"}
    return answer("200 OK", [thing] if path == "/things" else thing)


class Server:
    """Reads requests well; ``mode`` answers those for the operations."""

    def __init__(self, mode: Callable[["Server", asyncio.StreamWriter, str, str], Awaitable[bool]]):
        self.mode = mode
        self.asked = 0
        self.document = document(secured=mode is unauthorized)

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self.request(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return  # The other end has gone: nobody is left to tell.
        finally:
            writer.close()

    async def request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, path, _ = head.split("\r\n")[0].split(" ", 2)
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                await reader.readexactly(int(value))
        if path == "/openapi.json":
            writer.write(answer("200 OK", self.document))
            await writer.drain()
            return True
        self.asked += 1
        return await self.mode(self, writer, method, path.partition("?")[0])


async def dies(server: Server, writer: asyncio.StreamWriter, method: str, path: str) -> bool:
    """Exits, the whole process, on the third request."""
    if server.asked >= 3:
        os._exit(3)
    writer.write(sound(method, path))
    await writer.drain()
    return True


async def hangs(server: Server, writer: asyncio.StreamWriter, method: str, path: str) -> bool:
    """Never answers; the client ends it."""
    await asyncio.Event().wait()
    return False


async def garbage(server: Server, writer: asyncio.StreamWriter, method: str, path: str) -> bool:
    """Answers what is not HTTP."""
    writer.write(b"\x16\x03\x01\x00\xffSSH-2.0-no such luck\r\n\r\n\x00\x00")
    await writer.drain()
    return False


async def flood(server: Server, writer: asyncio.StreamWriter, method: str, path: str) -> bool:
    """Streams 200 MB."""
    status = "201 Created" if method == "POST" else "200 OK"
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {FLOOD}\r\n\r\n"
    writer.write(head.encode())
    block = b" " * 65536
    for _ in range(FLOOD // len(block)):
        writer.write(block)
        await writer.drain()
    return True


async def closes(server: Server, writer: asyncio.StreamWriter, method: str, path: str) -> bool:
    """Closes without an answer."""
    return False


async def unauthorized(
    server: Server, writer: asyncio.StreamWriter, method: str, path: str
) -> bool:
    """Knows no credential."""
    writer.write(answer("401 Unauthorized", {"error": "who?"}, "WWW-Authenticate: Bearer"))
    await writer.drain()
    return True


async def drip(server: Server, writer: asyncio.StreamWriter, method: str, path: str) -> bool:
    """A byte at a time, without end."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    )
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(DRIP)


MODES = {each.__name__: each for each in (dies, hangs, garbage, flood, closes, unauthorized, drip)}


async def main(mode: str) -> None:
    """Serve until standard input closes."""
    server = await asyncio.start_server(Server(MODES[mode]).connection, "127.0.0.1", 0)

    def until_closed() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=until_closed, daemon=True).start()
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - its parent reads it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
