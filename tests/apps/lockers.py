"""Lockers that some may open, codes good for once, labels that are unique: what reach must find."""

import itertools
from typing import Annotated, Literal

from fastapi import FastAPI, Path, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Scope

from tests.apps.exact import Refusal, exact_route, install

RIGHT = "the only right one"
PEOPLE = frozenset({"boss", "clerk", "guest"})
PASSES = "Pass-"
"""How a token begins that was made here."""
Text = Annotated[str, Field(min_length=1, max_length=60)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Entering(Wire):
    user: Text


class Entry(Wire):
    handle: str


class NewLocker(Wire):
    label: Text
    colour: Literal["red", "blue"]
    since: Annotated[str, Field(json_schema_extra={"format": "date"})]
    password: Annotated[str, Field(json_schema_extra={"format": "password"})]
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"label": "first", "colour": "blue", "since": "2026-01-01", "password": RIGHT},
                {"label": "other", "colour": "red", "since": "2026-01-02", "password": RIGHT},
            ]
        },
    )


class Locker(Wire):
    locker_id: int
    label: str


class Visit(Wire):
    locker_id: int


class Code(Wire):
    code: Text


class Done(Wire):
    done: bool


class Failure(Wire):
    message: str
    fields: list[str]


def errors(*codes: int):
    return {code: {"model": Failure, "description": "Refused."} for code in codes}


def render(refusal: Refusal, scope: Scope) -> JSONResponse:
    content = {"message": refusal.message, "fields": [name for name, _ in refusal.fields]}
    return JSONResponse(content, refusal.status, refusal.headers)


def build() -> FastAPI:
    """The application; it starts empty."""
    numbers = itertools.count(1)
    labels: dict[str, int] = {}
    codes: dict[str, bool] = {}
    jobs: dict[int, str] = {}
    passes: set[str] = set()
    secured = {"dependencies": [Security(HTTPBearer(scheme_name="bearer", auto_error=False))]}
    public = frozenset({"enter"})

    def caller(request: Request) -> str:
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def guard(request: Request, route) -> None:
        if route.operation_id not in public and caller(request) not in PEOPLE | passes:
            raise Refusal(401, "who are you?", headers={"WWW-Authenticate": "Bearer"})

    def only(request: Request, *names: str) -> None:
        if caller(request) not in names:
            raise Refusal(403, "not you")

    app = FastAPI(title="Lockers", version="1", docs_url=None, redoc_url=None)
    app.router.route_class = exact_route(guard)

    @app.post(
        "/entries", operation_id="enter", status_code=201, responses=errors(400, 401, 415, 422)
    )
    async def enter(body: Entering) -> Entry:
        if body.user not in PEOPLE:
            raise Refusal(401, "unknown", headers={"WWW-Authenticate": "Bearer"})
        return Entry(handle=body.user)

    @app.post(
        "/passes", operation_id="makePass", status_code=201, responses=errors(401, 403), **secured
    )
    async def make_pass(request: Request) -> Entry:
        only(request, "boss")
        passes.add(f"{PASSES}{next(numbers)}")
        return Entry(handle=max(passes, key=lambda each: int(each.removeprefix(PASSES))))

    @app.put(
        "/colour",
        operation_id="choose",
        responses=errors(400, 401, 415, 422),
        **secured,
    )
    async def choose(body: Code) -> Done:
        return Done(done=True)

    @app.post(
        "/lockers",
        operation_id="createLocker",
        status_code=201,
        responses=errors(400, 401, 403, 409, 415, 422),
        **secured,
    )
    async def create_locker(body: NewLocker, request: Request) -> Locker:
        only(request, "boss", "clerk")
        if body.password != RIGHT:
            raise Refusal(422, "wrong", [("password", "wrong")])
        if body.label in labels:
            raise Refusal(409, "there is one of that label")
        labels[body.label] = next(numbers)
        return Locker(locker_id=labels[body.label], label=body.label)

    @app.get(
        "/lockers/{locker_id}",
        operation_id="readLocker",
        responses=errors(401, 404, 422),
        **secured,
    )
    async def read_locker(locker_id: Annotated[int, Path(ge=1)]) -> Locker:
        for label, number in labels.items():
            if number == locker_id:
                return Locker(locker_id=number, label=label)
        raise Refusal(404, "there is none")

    @app.post(
        "/lockers/{locker_id}/visits",
        operation_id="visit",
        status_code=201,
        responses=errors(401, 403, 404, 422),
        **secured,
    )
    async def visit(locker_id: Annotated[int, Path(ge=1)], request: Request) -> Visit:
        only(request, "guest")
        if locker_id not in labels.values():
            raise Refusal(404, "there is none")
        return Visit(locker_id=locker_id)

    @app.post(
        "/codes", operation_id="makeCode", status_code=201, responses=errors(401, 403), **secured
    )
    async def make_code(request: Request) -> Code:
        only(request, "boss")
        code = f"code-{next(numbers)}"
        codes[code] = True
        return Code(code=code)

    @app.post(
        "/redeem",
        operation_id="redeem",
        responses=errors(400, 401, 409, 415, 422),
        **secured,
    )
    async def redeem(body: Code) -> Done:
        if not codes.get(body.code):
            raise Refusal(409, "no such code, or used")
        codes[body.code] = False
        return Done(done=True)

    @app.post(
        "/look",
        operation_id="look",
        responses=errors(400, 401, 409, 415, 422),
        **secured,
    )
    async def look(body: Code) -> Done:
        if body.code not in codes:
            raise Refusal(409, "no such code")
        return Done(done=True)

    @app.post("/jobs", operation_id="makeJob", status_code=201, responses=errors(401), **secured)
    async def make_job() -> Visit:
        number = next(numbers)
        jobs[number] = "waiting"
        return Visit(locker_id=number)

    @app.post(
        "/jobs/{job}/end",
        operation_id="endJob",
        responses=errors(400, 401, 404, 409, 415, 422),
        **secured,
    )
    async def end_job(job: Annotated[int, Path(ge=1)], body: Code) -> Done:
        if job not in jobs:
            raise Refusal(404, "there is none")
        if jobs[job] != "waiting":
            raise Refusal(409, "it has ended")
        jobs[job] = body.code
        return Done(done=True)

    @app.get("/jobs/{job}", operation_id="readJob", responses=errors(401, 404, 422), **secured)
    async def read_job(job: Annotated[int, Path(ge=1)]) -> Code:
        if job not in jobs:
            raise Refusal(404, "there is none")
        return Code(code=jobs[job])

    @app.delete(
        "/jobs/{job}",
        operation_id="dropJob",
        status_code=204,
        responses=errors(401, 404, 422),
        **secured,
    )
    async def drop_job(job: Annotated[int, Path(ge=1)]) -> None:
        if jobs.pop(job, None) is None:
            raise Refusal(404, "there is none")

    install(app, render)
    return app


app = build()
