"""A choir to sign up for, whose document requires nothing and whose refusals are often a 200."""

import os
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

WAYS = {
    "taken": "`admin` is taken from whoever signs up",
    "ignored": "`admin` is not looked at",
    "refused": "a member that is not known is answered 400",
    "full": "nobody is let in: 200, and a failure in its words",
    "shut": "nobody is let in: 400",
    "once": "whoever is first is let in, and nobody after that",
}
MEMBERS = {"username": "soprano1", "email": "soprano1@choir.test", "password": "la-la-la-1"}


def build(way: str) -> Starlette:
    """The application, which goes one of WAYS; somebody is called as in its examples already."""
    singers: dict[str, dict[str, Any]] = {"soprano1": {**MEMBERS, "admin": True}}

    def failed(message: str, status: int = 200) -> JSONResponse:
        return JSONResponse({"status": "fail", "message": message}, status)

    async def sign_up(request: Request) -> JSONResponse:
        sent = await request.json()
        if sent.get("username") in singers:
            return failed("Singer already exists. Please log in.")
        for name in MEMBERS:
            if not isinstance(sent.get(name), str):
                return failed(f"'{name}' is a required property", 400)
        if way == "refused" and sent.keys() - MEMBERS.keys():
            return failed("Additional properties are not allowed", 400)
        if way in {"full", "shut"} or (way == "once" and len(singers) > 1):
            return failed("The choir is full.", 200 if way == "full" else 400)
        admin = bool(sent.get("admin")) if way == "taken" else False
        known = {name: sent[name] for name in MEMBERS}
        singers[sent["username"]] = {**known, "admin": admin}
        return JSONResponse({"status": "success", "message": "Welcome."})

    async def listed(request: Request) -> JSONResponse:
        shown = ("username", "email", "admin")
        rows = [{name: each[name] for name in shown} for each in singers.values()]
        return JSONResponse({"singers": rows})

    async def document(request: Request) -> JSONResponse:
        return JSONResponse(DOCUMENT)

    return Starlette(
        routes=[
            Route("/openapi.json", document),
            Route("/singers", listed),
            Route("/singers/register", sign_up, methods=["POST"]),
        ]
    )


_ANYTHING = {"application/json": {"schema": {"type": "object"}}}
_BODY = {
    "type": "object",
    "properties": {name: {"type": "string", "example": each} for name, each in MEMBERS.items()},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Choir", "version": "1"},
    "paths": {
        "/singers": {
            "get": {"responses": {"200": {"description": "All.", "content": _ANYTHING}}},
        },
        "/singers/register": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": _BODY}},
                },
                "responses": {
                    "200": {"description": "Done, or not.", "content": _ANYTHING},
                    "400": {"description": "No.", "content": _ANYTHING},
                },
            }
        },
    },
}

app = build(os.environ.get("CHOIR_WAY", "taken"))
