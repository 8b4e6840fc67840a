"""Entries whose token is good until it is used, one-time codes, signed hooks; faults on request."""

import hmac
import itertools
import os
from hashlib import sha256
from typing import Annotated, Any, Literal

import pyotp
from fastapi import FastAPI, Path, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from starlette.types import Scope

from tests.apps.exact import Refusal, exact_route, install

SECRET = "DOORS_SECRET"
"""The environment variable that holds the secret of the hooks."""

LONG = 60
Text = Annotated[str, Field(min_length=8, max_length=100)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Failure(Wire):
    message: str
    fields: list[str]


class NewEntry(Wire):
    user: Literal["ann", "ben"]


class Entry(Wire):
    number: int
    handle: str


class Left(Wire):
    left: bool


class Phrase(Wire):
    phrase: Text
    entry: Annotated[StrictInt, Field(ge=1)]


class Device(Wire):
    device_id: int
    seed: str


class Code(Wire):
    code: Annotated[str, Field(pattern="^[0-9]{6}$")]


class Hook(Wire):
    kind: Text


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": Failure, "description": "Refused."} for code in codes}


def render(refusal: Refusal, scope: Scope) -> Response:
    content = {"message": refusal.message, "fields": [name for name, _ in refusal.fields]}
    return JSONResponse(content, refusal.status, refusal.headers)


def build(*, faulty: bool) -> FastAPI:
    """The application; ``faulty``: a long phrase or kind ends in a 500."""
    numbers = itertools.count(1)
    live: dict[str, int] = {}
    seeds: dict[int, str] = {}
    bearer = {"dependencies": [Security(HTTPBearer(scheme_name="bearer", auto_error=False))]}
    header = APIKeyHeader(name="X-Signature", scheme_name="signature", auto_error=False)
    signed = {"dependencies": [Security(header)]}

    def handle(request: Request) -> str:
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def guard(request: Request, route: APIRoute) -> None:
        if route.operation_id not in {"enter", "hook"} and handle(request) not in live:
            raise Refusal(401, "who are you?", headers={"WWW-Authenticate": "Bearer"})

    app = FastAPI(title="Doors", version="1", docs_url=None, redoc_url=None)
    app.router.route_class = exact_route(guard)

    def use_up(request: Request) -> int:
        return live.pop(handle(request))

    def break_on(text: str) -> None:
        if faulty and len(text) > LONG:
            raise OverflowError("no room for it")

    @app.post("/entries", operation_id="enter", status_code=201, responses=errors(400, 415, 422))
    async def enter(body: NewEntry) -> Entry:
        number = next(numbers)
        made = sha256(f"{number} {os.urandom(8).hex()}".encode()).hexdigest()
        live[made] = number
        return Entry(number=number, handle=made)

    @app.get("/me", operation_id="me", responses=errors(401), **bearer)
    async def me(request: Request) -> Left:
        return Left(left=False)

    @app.post("/leave", operation_id="leave", responses=errors(401), **bearer)
    async def leave(request: Request) -> Left:
        use_up(request)
        return Left(left=True)

    @app.put(
        "/phrase", operation_id="setPhrase", responses=errors(400, 401, 409, 415, 422), **bearer
    )
    async def set_phrase(body: Phrase, request: Request) -> Left:
        break_on(body.phrase)
        if live[handle(request)] != body.entry:
            raise Refusal(409, "that is another entry")
        use_up(request)
        return Left(left=True)

    @app.post(
        "/devices", operation_id="addDevice", status_code=201, responses=errors(401), **bearer
    )
    async def add_device() -> Device:
        number = next(numbers)
        seeds[number] = pyotp.random_base32()
        return Device(device_id=number, seed=seeds[number])

    @app.post(
        "/devices/{device_id}/confirm",
        operation_id="confirm",
        responses=errors(400, 401, 404, 409, 415, 422),
        **bearer,
    )
    async def confirm(device_id: Annotated[int, Path(ge=1)], body: Code) -> Left:
        if device_id not in seeds:
            raise Refusal(404, "there is no such device")
        if not pyotp.TOTP(seeds[device_id]).verify(body.code, valid_window=1):
            raise Refusal(409, "that is not the code")
        return Left(left=False)

    @app.post("/hooks", operation_id="hook", responses=errors(400, 401, 415, 422), **signed)
    async def hook(body: Hook) -> Left:
        break_on(body.kind)
        return Left(left=False)

    @app.middleware("http")
    async def check(request: Request, then: Any) -> Response:
        if request.url.path == "/hooks" and request.method == "POST":
            key = os.environ.get(SECRET, "").encode()
            right = hmac.new(key, await request.body(), sha256).hexdigest()
            given = request.headers.get("x-signature", "").removeprefix("sha256=")
            if not key or not hmac.compare_digest(given.encode(), right.encode()):
                return render(Refusal(401, "signed by nobody we know"), request.scope)
        return await then(request)

    install(app, render)
    return app


app = build(faulty=True)
clean = build(faulty=False)
