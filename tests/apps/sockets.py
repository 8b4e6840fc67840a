"""A WebSocket that echoes, and the ways in which one may not be as it is described."""

import json

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

KEY = "a-key-of-twenty-chars"


def frame(kind, **members):
    properties = {"type": {"const": kind}, **members}
    return {"type": "object", "required": list(properties), "properties": properties}


DESCRIPTION = {
    "summary": "Say something, and hear it.",
    "security": [{"key": []}],
    "parameters": [{"name": "room", "in": "path", "required": True, "schema": {"type": "string"}}],
    "send": {"say": {"$ref": "#/components/schemas/Say"}},
    "receive": {
        "begin": frame("begin"),
        "word": {"$ref": "#/components/schemas/Word"},
        "end": frame("end"),
        "error": frame("error"),
    },
    "order": "(begin word* end)*",
    "anytime": ["error"],
    "closes": {"1008": "Too much was said."},
    "refusals": {"401": "A key is wanted."},
    "x-invented": True,
}
COMPONENTS = {
    "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    "schemas": {
        "Say": frame("say", text={"type": "string"}),
        "Word": frame("word", text={"$ref": "#/components/schemas/Text"}),
        "Text": {"type": "string"},
    },
}


def build(sockets):
    """A service with one WebSocket a name, at ``/{room}/name``."""
    paths = {
        f"/{{room}}/{name}": {"x-websocket": {**DESCRIPTION, "operationId": name, **more}}
        for name, (_, more) in sockets.items()
    }
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Talk", "version": "1"},
        "paths": paths,
        "components": COMPONENTS,
    }

    async def document(request):
        return JSONResponse(whole)

    routes = [WebSocketRoute(f"/{{room}}/{name}", each) for name, (each, _) in sockets.items()]
    return Starlette(routes=[Route("/openapi.json", document), *routes])


def words_of(message):
    """What was said, or None where it is nothing that is described."""
    try:
        said = json.loads(message.get("text") or "")
    except (ValueError, RecursionError):
        return None
    fits = isinstance(said, dict) and said.get("type") == "say"
    return said["text"].split() if fits and isinstance(said.get("text"), str) else None


def talking(answer, *, locked=True, refused=0, careless=False, **more):
    """An endpoint, and what is described otherwise than by all."""

    async def talk(socket):
        if refused:
            await socket.send_denial_response(JSONResponse({}, refused))
            return
        if locked and socket.headers.get("x-key") != KEY:
            await socket.send_denial_response(JSONResponse({}, 401))
            return
        await socket.accept()
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                words = (
                    json.loads(message["text"])["text"].split() if careless else words_of(message)
                )
                if words is None:
                    await socket.send_json({"type": "error"})
                elif await answer(socket, words):
                    return
        except WebSocketDisconnect:
            return

    return talk, more


async def echo(socket, words):
    await socket.send_json({"type": "begin"})
    for word in words:
        await socket.send_json({"type": "word", "text": word})
    await socket.send_json({"type": "end"})


async def invent(socket, words):
    await socket.send_json({"type": "invented"})


async def number(socket, words):
    await socket.send_json({"type": "begin"})
    await socket.send_json({"type": "word", "text": 7})
    await socket.send_json({"type": "end"})


async def muddle(socket, words):
    await socket.send_json({"type": "begin"})
    await socket.send_json({"type": "begin"})


async def text(socket, words):
    await socket.send_text("begin")


async def binary(socket, words):
    await socket.send_bytes(b'{"type": "begin"}')


async def drop(socket, words):
    await socket.send_json({"type": "begin"})
    return True


async def slam(socket, words):
    await socket.send_json({"type": "begin"})
    await socket.close(4999)


async def nothing(socket, words):
    """Hear, and say nothing."""


clean = build(
    {
        "talk": talking(echo),
        "open": talking(echo, locked=False, security=[]),
        "left": talking(echo),
    }
)
faulty = build(
    {
        "refusing": talking(echo, refused=409),
        "failing": talking(echo, refused=500),
        "unlocked": talking(echo, locked=False),
        "locked": talking(echo, security=[]),
        "inventing": talking(invent),
        "numbering": talking(number),
        "muddling": talking(muddle),
        "texting": talking(text),
        "binding": talking(binary),
        "dropping": talking(drop),
        "slamming": talking(slam),
        "misexpected": talking(echo),
        "silent": talking(nothing),
        "careless": talking(echo, careless=True),
        "misdescribed": talking(echo, order="(begin"),
    }
)
