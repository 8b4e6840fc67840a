"""A guest book with accounts and a cookie, whose integer ids and messages are its own; and faulty.

It prints a line a request, as small services do.
"""

import json
import sys
import traceback
from secrets import token_hex
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

ALL = frozenset(
    {
        "reflects",
        "preflight",
        "stream",
        "logs",
        "splits",
        "repeats",
        "debug",
        "trace",
        "script",
        "banner",
    }
)
APP = "https://guests.acme.test"
TEXT = {"type": "string"}
ENTRY = {"type": "object", "properties": {"id": {"type": "integer"}, "text": TEXT}}
LOGIN = {
    "type": "object",
    "required": ["username", "password"],
    "properties": {"username": {**TEXT, "minLength": 1}, "password": {**TEXT, "minLength": 8}},
}


def body(schema):
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def answers(*statuses, schema=None, media="application/json"):
    content = {media: {"schema": schema or {}}}
    good = {str(statuses[0]): {"description": "", "content": content}}
    return good | {str(each): {"description": ""} for each in statuses[1:]}


COOKIE = [{"cookie": []}]
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Guest book", "version": "1"},
    "components": {
        "securitySchemes": {"cookie": {"type": "apiKey", "in": "cookie", "name": "session"}}
    },
    "paths": {
        "/login": {
            "post": {"requestBody": body(LOGIN), "responses": answers(200, 400, 401)},
        },
        "/entries": {
            "get": {"security": COOKIE, "responses": answers(200, 401)},
            "post": {
                "security": COOKIE,
                "requestBody": body({**ENTRY, "required": ["text"]}),
                "responses": answers(201, 400, 401, schema=ENTRY),
            },
        },
        "/entries/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            "delete": {"security": COOKIE, "responses": answers(204, 401, 404)},
        },
        "/users": {"get": {"security": COOKIE, "responses": answers(200, 401)}},
        "/news": {
            "get": {
                "security": COOKIE,
                "responses": answers(200, 401, 403, media="text/event-stream"),
            }
        },
        "/ticker": {
            "get": {
                "security": COOKIE,
                "responses": answers(200, 401, 403, media="text/event-stream"),
            }
        },
    },
}
DOCUMENT["paths"]["/entries/{id}"]["delete"]["responses"]["204"] = {"description": ""}


class Book:
    """One instance; ``faults`` are those of ALL that it has."""

    def __init__(self, faults=frozenset()):
        self.faults = faults
        self.users = {"ann": "Guest-Book-1x", "ben": "Guest-Book-2y"}
        self.sessions, self.entries = {}, {}

    def __contains__(self, fault):
        return fault in self.faults

    def user(self, request):
        return self.sessions.get(request.cookies.get("session"))

    def failed(self, status, message, **more):
        return JSONResponse({"status": "fail", "message": message, **more}, status)

    async def given(self, request):
        try:
            return json.loads(await request.body())
        except ValueError:
            if "trace" in self:
                return self.failed(400, traceback.format_exc())
            return self.failed(400, "this is no JSON")

    async def login(self, request):
        given = await self.given(request)
        if not isinstance(given, dict):
            return given if isinstance(given, JSONResponse) else self.failed(400, "no object")
        name, password = given.get("username"), given.get("password")
        if (
            not isinstance(name, str)
            or not isinstance(password, str)
            or len(password) < 8
            or not name
        ):
            more = {"input": given} if "repeats" in self else {}
            return self.failed(400, "username and password are needed", **more)
        if self.users.get(name) != password:
            return self.failed(401, "that is not right")
        made = token_hex(16)
        self.sessions[made] = name
        answer = JSONResponse({"status": "success"}, headers={"Cache-Control": "no-store"})
        answer.set_cookie("session", made, httponly="script" not in self, samesite="lax")
        return answer

    async def read(self, request):
        if self.user(request) is None:
            return self.failed(401, "log in")
        return JSONResponse({"status": "success", "entries": list(self.entries.values())})

    async def write(self, request):
        if self.user(request) is None:
            return self.failed(401, "log in")
        given = await self.given(request)
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            return given if isinstance(given, JSONResponse) else self.failed(400, "text is needed")
        entry = {"id": len(self.entries) + 1, "text": given["text"]}
        self.entries[entry["id"]] = entry
        return JSONResponse(entry, 201)

    async def delete(self, request):
        if self.user(request) is None:
            return self.failed(401, "log in")
        text = request.path_params["id"]
        known = text.isdecimal() and len(text) < 9 and self.entries.pop(int(text), None)
        return JSONResponse(None, 204) if known else self.failed(404, "there is no such entry")

    async def listed(self, request):
        if self.user(request) is None:
            return self.failed(401, "log in")
        shown = [
            {"username": name} | ({"password": password} if "debug" in self else {})
            for name, password in self.users.items()
        ]
        return JSONResponse({"users": shown})

    async def news(self, request):
        if self.user(request) is None:
            return self.failed(401, "log in")
        free = request.url.path == "/ticker" and "stream" in self
        if request.headers.get("origin", APP) != APP and not free:
            return self.failed(403, "not from there")

        async def events():
            yield "data: hello\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def document(self, request):
        return JSONResponse(DOCUMENT)

    def allows(self, origin):
        return origin == APP or (bool(origin) and "reflects" in self)

    def line(self, scope):
        path = scope["path"] if "splits" in self else json.dumps(scope["path"])
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        told = f" {headers}" if "logs" in self else ""
        sys.stdout.write(f"INFO {scope['method']} {path}{told}\n")
        sys.stdout.flush()

    def __call__(self, app):
        async def outer(scope, receive, send):
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            self.line(scope)
            headers = dict(scope["headers"])
            origin = headers.get(b"origin", b"").decode("latin-1")

            async def out(message):
                if message["type"] == "http.response.start":
                    more = [(b"Vary", b"Origin")]
                    if self.allows(origin):
                        more.append((b"Access-Control-Allow-Origin", origin.encode()))
                        more.append((b"Access-Control-Allow-Credentials", b"true"))
                    if "banner" in self:
                        more.append((b"X-Powered-By", b"PHP/8.1.2"))
                    message["headers"] = [*message["headers"], *more]
                await send(message)

            if scope["method"] == "OPTIONS" and self.allows(origin):
                methods = "GET, POST" + ("" if "preflight" in self else ", DELETE")
                granted = {
                    "Access-Control-Allow-Methods": methods,
                    "Access-Control-Allow-Headers": "Content-Type",
                }
                await JSONResponse(None, 200, granted)(scope, receive, out)
                return
            await app(scope, receive, out)

        return outer


def build(faults=frozenset()):
    book = Book(faults)
    refused = {
        404: lambda request, error: book.failed(404, unquote("there is nothing here")),
        405: lambda request, error: JSONResponse(
            {"status": "fail", "message": "no"}, 405, error.headers
        ),
    }
    routes = [
        Route("/openapi.json", book.document),
        Route("/login", book.login, methods=["POST"]),
        Route("/entries", book.read, methods=["GET"]),
        Route("/entries", book.write, methods=["POST"]),
        Route("/entries/{id}", book.delete, methods=["DELETE"]),
        Route("/users", book.listed),
        Route("/news", book.news),
        Route("/ticker", book.news),
    ]
    return book(Starlette(routes=routes, exception_handlers=refused))


clean = build()
app = build(ALL)
