"""A note and a stream that keep what is promised of headers, formats, tags and ids; and do not."""

import json
import re
from uuid import uuid4

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

ALL = frozenset(
    {
        "no id on errors",
        "reflected id",
        "no zone",
        "constant remaining",
        "no retry-after",
        "weakly compared",
        "If-Match passed over",
        "begins anew",
        "no end",
    }
)
ID, LIMIT = "X-Request-ID", "X-RateLimit"
TEXT = {"type": "string"}
HEADERS = {ID: {"schema": TEXT}} | {
    f"{LIMIT}-{each}": {"required": True, "schema": {"type": "integer"}}
    for each in ("Limit", "Remaining", "Reset")
}
NOTE = {
    "type": "object",
    "required": ["id", "at", "text"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "at": {"type": "string", "format": "date-time"},
        "text": TEXT,
    },
}
ERROR = {"type": "object", "required": ["error"], "properties": {"error": TEXT}}


def answer(schema=None, media="application/json", **more):
    content = {} if schema is None else {media: {"schema": schema, **more}}
    return {"description": "", "headers": HEADERS, "content": content}


def header(name):
    return {"name": name, "in": "header", "schema": TEXT}


WORDS = {"type": "string", "pattern": "^[a-z ]*$", "maxLength": 200}
BODY = {"type": "object", "required": ["text"], "properties": {"text": WORDS}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Promises", "version": "1"},
    "paths": {
        "/note": {
            "get": {"operationId": "read", "responses": {"200": answer(NOTE)}},
            "put": {
                "operationId": "write",
                "parameters": [header("If-Match")],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": BODY, "example": {"text": "a"}}},
                },
                "responses": {
                    "200": answer(NOTE),
                    **{str(each): answer(ERROR) for each in (400, 412, 415, 422)},
                    "429": answer(ERROR)
                    | {"headers": {**HEADERS, "Retry-After": {"schema": {"type": "integer"}}}},
                },
            },
        },
        "/ticks": {
            "get": {
                "operationId": "ticks",
                "parameters": [header("Last-Event-ID")],
                "responses": {
                    "200": {
                        **answer(),
                        "content": {"text/event-stream": {"x-event-order": "tick+ end"}},
                    }
                },
            }
        },
    },
}


class Service:
    """One instance; ``faults`` are those of ALL that it has."""

    def __init__(self, faults=frozenset()):
        self.faults = faults
        self.id, self.text, self.version, self.used = str(uuid4()), "", 0, 0

    def __contains__(self, fault):
        return fault in self.faults

    def tag(self):
        return f'"{self.version}"'

    def note(self):
        zone = "" if "no zone" in self else "Z"
        found = {"id": self.id, "at": f"2026-01-31T12:00:00{zone}", "text": self.text}
        return JSONResponse(found, headers={"ETag": self.tag()})

    async def read(self, request):
        asked = request.headers.get("if-none-match")
        given = [each.strip() for each in (asked or "").split(",")]
        if "weakly compared" not in self:
            given = [each.removeprefix("W/") for each in given]
        if asked == "*" or self.tag() in given:
            return Response(status_code=304, headers={"ETag": self.tag()})
        return self.note()

    async def write(self, request):
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return JSONResponse({"error": "type"}, 415)
        try:
            body = json.loads(await request.body())
        except ValueError:
            if "no retry-after" in self:
                return JSONResponse({"error": "slower"}, 429)
            return JSONResponse({"error": "slower"}, 429, {"Retry-After": "1"})
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str) or not re.fullmatch("[a-z ]{0,200}", text):
            return JSONResponse({"error": "text"}, 422)
        asked = request.headers.get("if-match")
        given = [each.strip() for each in (asked or "").split(",")]
        stale = asked is not None and asked != "*" and self.tag() not in given
        if stale and "If-Match passed over" not in self:
            return JSONResponse({"error": "stale"}, 412)
        self.text, self.version = f"{text} {self.version}", self.version + 1
        return self.note()

    async def ticks(self, request):
        last = request.headers.get("last-event-id", "0")
        known = last.isascii() and last.isdigit() and len(last) < 3 and "begins anew" not in self
        first = int(last) if known else 0

        async def events():
            for number in range(first + 1, 4):
                yield f"id: {number}\nevent: tick\ndata: {number}\n\n"
            if "no end" not in self:
                yield "id: 4\nevent: end\ndata: 4\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def document(self, request):
        return JSONResponse(DOCUMENT)

    def __call__(self, app):
        async def outer(scope, receive, send):
            sent = dict(scope.get("headers", ())).get(b"x-request-id", b"").decode("latin-1")
            plain = sent.isalnum() and len(sent) <= 64
            made = sent if sent and (plain or "reflected id" in self) else uuid4().hex
            self.used += 1
            left = 899 if "constant remaining" in self else 1_000_000 - self.used

            async def out(message):
                if message["type"] == "http.response.start":
                    named = {f"{LIMIT}-Limit": 1_000_000, f"{LIMIT}-Remaining": left}
                    named |= {f"{LIMIT}-Reset": 3600}
                    if message["status"] < 400 or "no id on errors" not in self:
                        named[ID] = made
                    message["headers"] = [
                        *message["headers"],
                        *(
                            (name.encode(), str(each).encode("latin-1"))
                            for name, each in named.items()
                        ),
                    ]
                await send(message)

            await app(scope, receive, out)

        return outer


async def refused(request, error):
    allowed = {"/note": "GET, HEAD, PUT", "/ticks": "GET, HEAD"}.get(request.url.path)
    allow = {"Allow": allowed} if error.status_code == 405 and allowed else {}
    return JSONResponse({"error": error.detail}, error.status_code, allow)


def build(faults=frozenset()):
    service = Service(faults)
    routes = [
        Route("/openapi.json", service.document),
        Route("/note", service.read, methods=["GET"]),
        Route("/note", service.write, methods=["PUT"]),
        Route("/ticks", service.ticks),
    ]
    return service(Starlette(routes=routes, exception_handlers={404: refused, 405: refused}))


clean = build()
app = build(ALL)
