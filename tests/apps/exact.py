"""Makes a FastAPI application keep its own document to the letter, where stock FastAPI does not."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote, unquote_to_bytes

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,400})")
BOOLEAN = re.compile(r"true|false")
PARAMETER = re.compile(r"{[^}]+}")


class Refusal(HTTPException):
    """An error the service means to give; ``fields`` names what is wrong with which input.

    An HTTPException because FastAPI makes its own 400 of anything else that reading a body raises.
    """

    def __init__(
        self,
        status: int,
        message: str,
        fields: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(status, message, dict(headers or {}))
        self.status = status
        self.message = message
        self.fields = tuple(fields)


Render = Callable[[Refusal, Scope], Response]
Guard = Callable[[Request, APIRoute], None]


def _constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON (RFC 8259 section 6)")


def _number(text: str) -> int | float:
    # JSON Schema counts 1.0 an integer.
    value = float(text)
    return int(value) if value.is_integer() else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def parse(raw: bytes) -> Any:
    """A JSON document. Raises Refusal 400 for anything that RFC 8259 does not allow."""
    try:
        return json.loads(
            raw.decode("utf-8"),
            parse_constant=_constant,
            parse_float=_number,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is not JSON") from None


def _pairs(raw: bytes) -> Iterable[tuple[str, str | None]]:
    for piece in raw.split(b"&"):
        name, _, value = piece.replace(b"+", b" ").partition(b"=")
        key = unquote_to_bytes(name).decode("utf-8", "replace")
        try:
            yield key, unquote_to_bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            yield key, None


def _lexical(kind: object, value: str | None) -> str | None:
    """What is wrong with a parameter's text that pydantic's lax mode would take; or None."""
    if value is None:
        return "must be UTF-8"
    if kind is int and not INTEGER.fullmatch(value):
        return "must be a decimal integer"
    if kind is bool and not BOOLEAN.fullmatch(value):
        return "must be true or false"
    return None


class ExactRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        return parse(await self.body())


def exact_route(guard: Guard | None = None) -> type[APIRoute]:
    """A route class: ``guard`` first, then media type, then the lexical form of parameters."""

    class ExactRoute(APIRoute):
        def get_route_handler(self):
            serve = super().get_route_handler()
            query = {each.alias: each.field_info.annotation for each in self.dependant.query_params}
            path = {each.alias: each.field_info.annotation for each in self.dependant.path_params}

            async def run(plain: Request) -> Response:
                request = ExactRequest(plain.scope, plain.receive)
                if guard is not None:
                    guard(request, self)
                if self.body_field is not None:
                    await _require_json(request)
                _check(request, query, path)
                return await serve(request)

            return run

    return ExactRoute


async def _require_json(request: Request) -> None:
    kind = request.headers.get("content-type", "")
    essence, _, rest = kind.partition(";")
    if not kind and not await request.body():
        return  # FastAPI says that the body is missing.
    charset = re.sub(r"\s|\"", "", rest).lower()
    if essence.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise Refusal(415, "send application/json")


def _check(request: Request, query: Mapping[str, object], path: Mapping[str, object]) -> None:
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for name, value in _pairs(request.scope["query_string"]):
        wrong = _lexical(query[name], value) if name in query else None
        if name in query and name in seen:
            wrong = "must be given once"
        if wrong:
            faults[name] = wrong
        seen.add(name)
    for name, kind in path.items():
        wrong = _lexical(kind, str(request.path_params.get(name, "")))
        if wrong:
            faults[name] = wrong
    if faults:
        raise Refusal(422, "some parameters are not valid", list(faults.items()))


@dataclass(frozen=True)
class Template:
    """A path template and all methods of it."""

    path: str
    pattern: re.Pattern[str]
    methods: frozenset[str]


def templates(app: FastAPI) -> list[Template]:
    """Every path template of ``app``; literal segments before parameters, as OpenAPI matches."""
    methods: dict[str, set[str]] = {}
    for route in app.routes:
        methods.setdefault(route.path, set()).update(route.methods or ())
    ordered = sorted(methods, key=lambda path: [each[:1] == "{" for each in path.split("/")])
    return [
        Template(
            path,
            re.compile("[^/]+".join(re.escape(each) for each in PARAMETER.split(path)), re.DOTALL),
            frozenset(methods[path]),
        )
        for path in ordered
    ]


class Dispatch:
    """404 for unknown paths, 405 with an exact Allow for known ones; ``lies`` replaces an Allow."""

    def __init__(
        self, app: ASGIApp, table: Sequence[Template], render: Render, lies: Mapping[str, str]
    ):
        self.app = app
        self.table = table
        self.render = render
        self.lies = lies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        raw: bytes = scope["raw_path"].partition(b"?")[0]
        path = unquote(raw.decode("latin-1"), errors="replace")
        found = next((each for each in self.table if each.pattern.fullmatch(path)), None)
        refusal = None
        if found is None or b"%2f" in raw.lower():
            refusal = Refusal(404, "there is nothing here")
        elif scope["method"] not in found.methods:
            allow = self.lies.get(found.path, ", ".join(sorted(found.methods)))
            refusal = Refusal(405, "not with this method", headers={"Allow": allow})
        if refusal is not None:
            return await self.render(refusal, scope)(scope, receive, send)
        return await self.app(scope, receive, send)


def install(app: FastAPI, render: Render, *, lies: Mapping[str, str] | None = None) -> None:
    """Give ``app``, whose routes are all there, its error answers and its dispatch."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return render(error, request.scope)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        fields = [(_name(each["loc"]), str(each["msg"])) for each in error.errors()]
        return render(Refusal(422, "the request is not valid", fields), request.scope)

    async def crashed(request: Request, _: Exception) -> Response:
        return render(Refusal(500, "something broke"), request.scope)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, crashed)
    app.add_middleware(Dispatch, table=templates(app), render=render, lies=dict(lies or {}))


def _name(location: Sequence[Any]) -> str:
    """``("body", "lines", 0, "sku")`` as ``lines.0.sku``; the body itself is ``body``.

    A member that is not allowed may be named by anything, lone surrogates too.
    """
    name = ".".join(str(each) for each in location[1:]) or str(location[0])
    return name.encode("utf-8", "replace").decode()
