"""Finds the path first, then the method: unknown paths are 404, other methods 405 with Allow."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.reference.problems import ProblemError, render
from troth.reference.sockets import socket_of
from troth.reference.trace import trace_of

_PARAMETER = re.compile(r"\{[^}]+\}")


@dataclass(frozen=True)
class Template:
    """One path template and every method any route defines for it."""

    path: str
    pattern: re.Pattern[str]
    methods: frozenset[str]
    socket: bool = False
    """Whether a WebSocket is served there."""

    @property
    def allow(self) -> str:
        """The value of the Allow header."""
        return ", ".join(sorted(self.methods))


def templates(app: FastAPI) -> list[Template]:
    """All templates; concrete segments before parameters, as OpenAPI matches them."""
    methods: dict[str, set[str]] = {}
    sockets: set[str] = set()
    for route in iter_route_contexts(app.routes):
        if route.path_format is not None and route.methods:
            methods.setdefault(route.path_format, set()).update(route.methods)
        elif route.path_format is not None and socket_of(route.endpoint) is not None:
            methods.setdefault(route.path_format, set())
            sockets.add(route.path_format)
    for known in methods.values():
        if "GET" in known:
            known.add("HEAD")
    ordered = sorted(methods, key=lambda path: [piece[:1] == "{" for piece in path.split("/")])
    return [
        Template(path, re.compile(_pattern(path)), frozenset(methods[path]), path in sockets)
        for path in ordered
    ]


def _pattern(path: str) -> str:
    fixed = [re.escape(piece) for piece in _PARAMETER.split(path)]
    return r"[^/]+".join(fixed)


class Dispatch:
    """Refuses what no route serves, and answers HEAD with GET's headers."""

    def __init__(self, app: ASGIApp, table: Callable[[], list[Template]]) -> None:
        self._app = app
        self._table = table

    def _match(self, scope: Scope) -> Template | None:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        if b"%2f" in raw.lower():
            return None  # an encoded slash is data, and no parameter of ours holds one
        path = unquote(raw.partition(b"?")[0].decode("latin-1"))
        found = (each for each in self._table() if each.pattern.fullmatch(path))
        return next(found, None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        trace = trace_of(scope)
        template = self._match(scope)
        talks = scope["type"] == "websocket"
        if template is None or not (template.socket if talks else template.methods):
            await render(ProblemError(404), trace.correlation_id)(scope, receive, send)
            return
        trace.template = template.path
        if talks:
            await self._app(scope, receive, send)
        elif scope["method"] not in template.methods:
            refusal = ProblemError(405, headers={"Allow": template.allow})
            await render(refusal, trace.correlation_id)(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def out(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return out
