"""Wards of a hospital: chiefs and nurses, two versions, a front page for whatever is not there."""

import os
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

TOKENS = {"WARDS_CHIEF": "chief", "WARDS_NURSE": "nurse"}
PLANTED = {
    "version": "GET /v2/rosters is open to nurses, GET /v1/rosters is not",
    "slash": "GET /v1/salaries/ is guarded by nothing",
    "doubled": "GET //v1/salaries is open to nurses",
    "capitals": "GET /v1/SALARIES is open to nurses",
    "nobody": "GET /v1/deaths stops nurses, and lets pass whoever shows no token",
}
FRONT = "<!doctype html><title>Wards</title><div id=root></div>"


def build(faults: frozenset[str]) -> Starlette:
    """The application."""
    people = {os.environ.get(key, key): role for key, role in TOKENS.items()}

    def role(request: Request) -> str:
        return people.get(request.headers.get("authorization", "").removeprefix("Bearer "), "")

    def salaries() -> Response:
        return JSONResponse({"salaries": [{"who": "Dr. Abendroth", "sum": 8123}]})

    def guarded(request: Request, *roles: str) -> Response | None:
        if not role(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        return None if role(request) in roles else JSONResponse({"error": "forbidden"}, 403)

    async def rosters(request: Request) -> Response:
        everyone = "version" in faults and request.url.path.startswith("/v2")
        found = guarded(request, "chief", *(["nurse"] if everyone else []))
        return found or JSONResponse({"rosters": [{"ward": "Ward seven", "beds": 31}]})

    async def wards(request: Request) -> Response:
        return guarded(request, "chief", "nurse") or JSONResponse({"wards": ["Ward seven"]})

    async def paid(request: Request) -> Response:
        return guarded(request, "chief") or salaries()

    async def deaths(request: Request) -> Response:
        if "nobody" in faults and not request.headers.get("authorization"):
            return JSONResponse({"deaths": 4711})
        return guarded(request, "chief") or JSONResponse({"deaths": 4711})

    async def front(request: Request) -> Response:
        path = request.url.path
        if path == "/v1/salaries/":
            return salaries() if "slash" in faults else RedirectResponse("/v1/salaries", 307)
        for slug, spelled in (("doubled", "//v1/salaries"), ("capitals", "/v1/SALARIES")):
            if path == spelled and slug in faults:
                return guarded(request, "chief", "nurse") or salaries()
        if path.startswith("//"):
            return guarded(request, "chief", "nurse") or JSONResponse({"salaries": []})
        return HTMLResponse(FRONT)

    async def document(request: Request) -> JSONResponse:
        return JSONResponse(DOCUMENT)

    return Starlette(
        routes=[
            Route("/openapi.json", document),
            Route("/v1/wards", wards),
            Route("/v1/rosters", rosters),
            Route("/v2/rosters", rosters),
            Route("/v1/salaries", paid),
            Route("/v1/deaths", deaths),
            Route("/{path:path}", front),
        ]
    )


def _described(name: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "get": {
            "operationId": name,
            "security": [{"bearer": []}],
            "responses": {
                "200": {"description": "Done.", "content": content},
                "401": {"description": "Who are you?"},
                "403": {"description": "Not you."},
            },
        }
    }


DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Wards", "version": "1"},
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/v1/wards": _described("wards"),
        "/v1/rosters": _described("rosters"),
        "/v2/rosters": _described("newRosters"),
        "/v1/salaries": _described("salaries"),
        "/v1/deaths": _described("deaths"),
    },
}

app = build(frozenset(filter(None, os.environ.get("WARDS_FAULTS", "").split(","))))
