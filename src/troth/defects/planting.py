"""What defects are planted with: a function wrapped, an answer edited, a request edited."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def wrap(place: Any, name: str, around: Callable[..., Any]) -> None:
    """Replace ``place.name`` by ``around``, which is given the original before the arguments."""
    setattr(place, name, partial(around, getattr(place, name)))


def as_owner(platform: Any, caller: Any, table: Any, id_: str) -> Any:
    """``caller``, or in his place whoever owns the row of that id: its check is left out."""
    with platform.database.read() as db:
        row = db.get(table, id_.lower())
    return caller if row is None else replace(caller, user_id=row.user_id)


class _Answers:
    """Edits whole answers; for what is no stream."""

    def __init__(
        self,
        app: ASGIApp,
        method: str,
        path: re.Pattern[str],
        edit: Callable[[Message, bytes], bytes],
    ) -> None:
        self._app = app
        self._method = method
        self._path = path
        self._edit = edit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if (
            scope["type"] != "http"
            or self._method not in ("*", scope["method"])
            or not self._path.fullmatch(scope["path"])
        ):
            await self._app(scope, receive, send)
            return
        start: Message = {}
        pieces: list[bytes] = []

        async def out(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            pieces.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = self._edit(start, b"".join(pieces))
            if MutableHeaders(scope=start).get("content-length"):
                MutableHeaders(scope=start)["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, out)


def edit_answers(
    app: FastAPI, method: str, path: str, edit: Callable[[Message, bytes], bytes]
) -> None:
    """Have ``edit`` change every answer to ``method`` (`*` for any) and a path like ``path``.

    It is given the start (``status`` and ``headers``, to be changed in place) and the body, and
    gives the body back. ``path`` is a regular expression of the whole path.
    """
    app.add_middleware(_Answers, method=method, path=re.compile(path), edit=edit)


def edit_json(
    app: FastAPI, method: str, path: str, edit: Callable[[Any], Any], *, status: int | None = None
) -> None:
    """As `edit_answers`, of the JSON in answers of ``status``, of all 2xx by default."""

    def change(start: Message, body: bytes) -> bytes:
        fits = start["status"] == status if status else 200 <= start["status"] < 300
        return json.dumps(edit(json.loads(body))).encode() if fits and body else body

    edit_answers(app, method, path, change)


class _Bodies:
    """Edits the bodies of requests."""

    def __init__(
        self, app: ASGIApp, method: str, path: re.Pattern[str], edit: Callable[[bytes], bytes]
    ) -> None:
        self._app = app
        self._method = method
        self._path = path
        self._edit = edit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if (
            scope["type"] != "http"
            or scope["method"] != self._method
            or not self._path.fullmatch(scope["path"])
        ):
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        edited = self._edit(body)
        given = False
        headers = [
            (name, str(len(edited)).encode() if name == b"content-length" else value)
            for name, value in scope["headers"]
        ]

        async def read() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": edited, "more_body": False}

        await self._app({**scope, "headers": headers}, read, send)


def edit_requests(app: FastAPI, method: str, path: str, edit: Callable[[Any], Any]) -> None:
    """Have ``edit`` change the JSON that is sent to ``method`` and a path like ``path``.

    What is no JSON passes as it is.
    """

    def change(body: bytes) -> bytes:
        try:
            return json.dumps(edit(json.loads(body))).encode()
        except (ValueError, RecursionError):
            return body

    app.add_middleware(_Bodies, method=method, path=re.compile(path), edit=change)


class _Before:
    """Has something happen before a request is served."""

    def __init__(
        self, app: ASGIApp, method: str, path: re.Pattern[str], first: Callable[[Scope], Scope]
    ) -> None:
        self._app = app
        self._method = method
        self._path = path
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if (
            scope["type"] == "http"
            and self._method in ("*", scope["method"])
            and self._path.fullmatch(scope["path"])
        ):
            scope = self._first(scope)
        await self._app(scope, receive, send)


def edit_query(
    app: FastAPI, method: str, path: str, edit: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    """Have ``edit`` change the query of what is sent to ``method`` and a path like ``path``."""

    def change(scope: Scope) -> Scope:
        pairs = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        edited = edit(pairs)
        return {**scope, "query_string": urlencode(edited).encode()} if edited != pairs else scope

    app.add_middleware(_Before, method=method, path=re.compile(path), first=change)


def spell_as_documented(app: FastAPI) -> None:
    """Have paths with a slash behind them, a doubled one or capital letters be read as if they had
    none; such a request is marked by a header.
    """

    def plainly(scope: Scope) -> Scope:
        path = re.sub("/+", "/", scope["path"]).rstrip("/").lower() or "/"
        if path == scope["path"]:
            return scope
        headers = [*scope["headers"], (b"x-spelled", b"1")]
        return {**scope, "path": path, "raw_path": path.encode(), "headers": headers}

    app.add_middleware(_Before, method="GET", path=re.compile(".*"), first=plainly)
