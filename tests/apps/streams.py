"""Event streams: one that ends, one that never does, one that says nothing for a long time."""

import asyncio
import json

from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

TICK = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def event(kind, content=None):
    data = {"type": "string"}
    if content is not None:
        data |= {"contentMediaType": "application/json", "contentSchema": content}
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {"event": {"const": kind}, "data": data},
    }


def operation(name, item):
    content = {"text/event-stream": {"itemSchema": item}}
    return {
        "get": {"operationId": name, "responses": {"200": {"description": "", "content": content}}}
    }


ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
DOCUMENT = {
    "openapi": "3.2.0",
    "info": {"title": "Streams", "version": "1"},
    "paths": {
        "/count": operation("count", {"oneOf": [event("tick", TICK), event("message")]}),
        "/beat": operation("beat", {"oneOf": [event("ping"), event("tick", TICK)]}),
        "/silence": operation("silence", event("tick", TICK)),
    },
}


async def count(request):
    async def ticks():
        for number in range(30):
            yield f"event: tick\ndata: {json.dumps({'n': number})}\n\n"
            await asyncio.sleep(0)
        yield "data: [DONE]\n\n"

    return StreamingResponse(ticks(), media_type="text/event-stream")


def beating(value):
    async def beat(request):
        async def pings():
            yield "event: ping\ndata: {}\n\n"
            yield f"event: tick\ndata: {json.dumps({'n': value})}\n\n"
            while True:
                await asyncio.sleep(30)
                yield "event: ping\ndata: {}\n\n"

        return StreamingResponse(pings(), media_type="text/event-stream")

    return beat


async def silence(request):
    async def nothing():
        await asyncio.sleep(60)
        yield ""

    return StreamingResponse(nothing(), media_type="text/event-stream")


async def refused(request, error):
    allow = {"Allow": "GET, HEAD"} if error.status_code == 405 else {}
    return JSONResponse({"error": error.detail}, error.status_code, allow)


def build(value):
    async def document(request):
        return JSONResponse(DOCUMENT)

    routes = [
        Route("/openapi.json", document),
        Route("/count", count),
        Route("/beat", beating(value)),
        Route("/silence", silence),
    ]
    return Starlette(routes=routes, exception_handlers={404: refused, 405: refused})


clean = build(7)
app = build("seven")
