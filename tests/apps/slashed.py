"""Projects and tasks in the ways of Django: slashes at the end, pages by number, maps of errors.

Read-only members are listed as required, a task names its project by a plain integer, and a slug is
given once to each owner. ``careless`` lets anybody rename anybody's project.
"""

import json
import os
import re
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEYS = ("SLASHED_KEY_ANN", "SLASHED_KEY_BEN")
ROWS = 3
"""On a page."""
SLUG = r"^[-a-zA-Z0-9_]+$"
_ID = {"type": "integer", "readOnly": True}
_TEXT = {"type": "string", "maxLength": 80}
_PAGE = {"name": "page", "in": "query", "schema": {"type": "integer"}}
_ONE = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


class Refused(Exception):
    """A refusal, with its status and body."""

    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body


def _object(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members)}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _operation(
    answer: Any, body: Any = None, *, status: str = "200", **more: Any
) -> dict[str, Any]:
    def content(schema: Any) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": schema}}}

    told = {name: {"description": "", **content(_ref("Detail"))} for name in ("401", "404", "405")}
    fields = {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}}
    told["400"] = {"description": "", **content({"anyOf": [_ref("Detail"), fields]})}
    told[status] = {"description": "", **(content(answer) if answer else {})}
    asked = {"requestBody": {"required": True, **content(body)}} if body else {}
    return {"responses": told, **asked, **more}


def _listed(name: str) -> dict[str, Any]:
    link = {"type": "string", "format": "uri", "nullable": True}
    rows = {"type": "array", "items": _ref(name)}
    return _object(count={"type": "integer"}, next=link, previous=link, results=rows)


def _document() -> dict[str, Any]:
    slug = {"type": "string", "pattern": SLUG, "maxLength": 80}
    made = {"type": "string", "format": "date-time", "readOnly": True}
    paths = {}
    for name, place in (("Project", "/projects/"), ("Task", "/tasks/")):
        one = _ref(name)
        paths[place] = {
            "get": _operation(_listed(name), parameters=[_PAGE]),
            "post": _operation(one, one, status="201"),
        }
        paths[f"{place}{{id}}/"] = {
            "parameters": [_ONE],
            "get": _operation(one),
            "put": _operation(one, one),
            "delete": _operation(None, status="204"),
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Slashed", "version": "1"},
        "paths": paths,
        "security": [{"key": []}],
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
            "schemas": {
                "Detail": _object(detail={"type": "string"}),
                "Project": _object(id=_ID, name=_TEXT, slug=slug, created=made),
                "Task": _object(id=_ID, title=_TEXT, project={"type": "integer"}),
            },
        },
    }


class Store:
    """What there is, by id, in the order in which it was made."""

    def __init__(self, *, careless: bool) -> None:
        self.careless = careless
        self.ids = count(1)
        self.things: dict[str, dict[int, dict[str, Any]]] = {"projects": {}, "tasks": {}}
        self.owners: dict[int, str] = {}

    def of(self, kind: str, who: str) -> list[dict[str, Any]]:
        """The things of one owner."""
        return [each for id_, each in self.things[kind].items() if self.owners[id_] == who]

    def one(self, kind: str, text: str, who: str, method: str) -> dict[str, Any]:
        """The thing of that id. Raises Refused."""
        id_ = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
        thing = self.things[kind].get(id_)
        free = self.careless and method == "PUT" and kind == "projects"
        if thing is None or (self.owners[id_] != who and not free):
            raise Refused(404, {"detail": "Not found."})
        return thing

    def fields(self, kind: str, body: Any, who: str, own: int) -> dict[str, Any]:
        """What a body says, validated. Raises Refused."""
        if not isinstance(body, dict):
            raise Refused(400, {"non_field_errors": ["Invalid data. Expected a dictionary."]})
        text = {"projects": ("name", "slug"), "tasks": ("title",)}[kind]
        wrong = {name: said for name in text if (said := _text(body.get(name)))}
        if kind == "projects" and "slug" not in wrong:
            others = [each["slug"] for each in self.of(kind, who) if each["id"] != own]
            if not re.fullmatch(SLUG[1:-1], body["slug"]):
                wrong["slug"] = ["Enter a valid slug."]
            elif body["slug"] in others:
                wrong["slug"] = ["project with this slug already exists."]
        if kind == "tasks":
            known = {each["id"] for each in self.of("projects", who)}
            project = body.get("project")
            if isinstance(project, bool) or not isinstance(project, int) or project not in known:
                wrong["project"] = ["Invalid pk - object does not exist."]
        if wrong:
            raise Refused(400, wrong)
        return {name: body[name] for name in (*text, *(("project",) if kind == "tasks" else ()))}


def _text(value: Any) -> list[str]:
    if not isinstance(value, str):
        return ["Not a valid string."]
    if not value.strip():
        return ["This field may not be blank."]
    if len(value) > 80 or "\0" in value or not value.isascii():
        return ["This is not a text of at most 80 characters."]
    return []


def service(*, careless: bool = False) -> Starlette:
    """The service."""
    store, document = Store(careless=careless), _document()

    async def schema(_: Request) -> Response:
        return JSONResponse(document)

    async def answered(request: Request) -> Response:
        try:
            return await respond(request)
        except Refused as refused:
            return JSONResponse(refused.body, refused.status)

    async def respond(request: Request) -> Response:
        keys = [os.environ.get(name) for name in KEYS]
        who = request.headers.get("x-api-key", "")
        if not who or who not in keys:
            raise Refused(401, {"detail": "Authentication credentials were not provided."})
        kind = request.url.path.strip("/").partition("/")[0]
        id_ = request.path_params.get("id")
        if id_ is None and request.method in {"GET", "HEAD"}:
            return JSONResponse(_page(request, store.of(kind, who)))
        thing = store.one(kind, id_, who, request.method) if id_ is not None else {}
        if request.method in {"GET", "HEAD"}:
            return JSONResponse(thing)
        if request.method == "DELETE":
            del store.things[kind][thing["id"]]
            return Response(status_code=204)
        fields = store.fields(kind, await _body(request), who, thing.get("id", 0))
        if id_ is None:
            own = next(store.ids)
            made = {"created": "2026-11-22T07:00:00Z"} if kind == "projects" else {}
            thing = store.things[kind][own] = {"id": own, **made}
            store.owners[own] = who
        thing.update(fields)
        return JSONResponse(thing, 200 if id_ is not None else 201)

    async def wrong(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse({"detail": error.detail}, error.status_code, error.headers)

    routes = [Route("/schema/", schema)]
    for place in ("/projects/", "/tasks/"):
        routes.append(Route(place, answered, methods=["GET", "POST"]))
        routes.append(Route(f"{place}{{id}}/", answered, methods=["GET", "PUT", "DELETE"]))
    return Starlette(routes=routes, exception_handlers={HTTPException: wrong})


async def _body(request: Request) -> Any:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(415, {"detail": "Unsupported media type."})
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(400, {"detail": "JSON parse error."}) from None


def _page(request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
    text = request.query_params.get("page", "1")
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    last = max(1, -(-len(rows) // ROWS))
    if not 1 <= number <= last:
        raise Refused(404, {"detail": "Invalid page."})
    here = str(request.url).partition("?")[0]
    return {
        "count": len(rows),
        "next": f"{here}?page={number + 1}" if number < last else None,
        "previous": f"{here}?page={number - 1}" if number > 1 else None,
        "results": rows[(number - 1) * ROWS : number * ROWS],
    }


clean = service()
careless = service(careless=True)
