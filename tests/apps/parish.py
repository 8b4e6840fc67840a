"""People who sign up, log in, rename themselves, change their password, and leave."""

import os
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.apps.shapes import TEXT, error, operation, service, thing

PASSWORD = "9-long-enough-x"
_EMAIL = {"type": "string", "format": "email"}
_SECURED = {"security": [{"it": []}]}
_FORM = {
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                **thing(username=TEXT, password=TEXT),
                "properties": {"grant_type": TEXT, "username": TEXT, "password": TEXT},
            }
        }
    }
}


def people(*, sign_up: bool) -> Starlette:
    """The service; ``sign_up`` says whether anybody may become one of them."""
    known = {"ann@example.com": os.environ.get("PARISH_PASSWORD", PASSWORD)}
    tokens: dict[str, str] = {}

    def who(request: Request) -> str:
        email = tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "), "")
        return email if email in known else ""

    def join(_: Request, body: Any) -> Any:
        if "@" not in str(body.get("email")) or body["email"] in known:
            return error(400, {"detail": "The user with this email already exists."})
        known[body["email"]] = body["password"]
        return {"email": body["email"]}

    def show(request: Request, _: Any) -> Any:
        own = who(request)
        return {"email": own} if own else error(401, {"detail": "Who are you?"})

    def rename(request: Request, body: Any) -> Any:
        own = who(request)
        if not own:
            return error(401, {"detail": "Who are you?"})
        email = body.get("email", own)
        if email != own and email in known:
            return error(409, {"detail": "That is taken."})
        known[email] = known.pop(own)
        tokens.update({token: email for token, each in tokens.items() if each == own})
        return {"email": email}

    def change(request: Request, body: Any) -> Any:
        own = who(request)
        if not own or body.get("current_password") != known[own]:
            return error(401 if not own else 400, {"detail": "That is not your password."})
        known[own] = body["new_password"]
        return {"email": own}

    def give(request: Request, body: Any) -> Any:
        # Whoever is named: it is the caller whose password it becomes.
        own = who(request)
        if not own:
            return error(401, {"detail": "Who are you?"})
        known[own] = body["password"]
        return {"email": own}

    def remove(request: Request, _: Any) -> Any:
        if not who(request):
            return error(401, {"detail": "Who are you?"})
        gone = known.pop(request.path_params["email"], None)
        return {} if gone else error(404, {"detail": "Nobody is called so."})

    def leave(request: Request, _: Any) -> Any:
        own = who(request)
        if not own:
            return error(401, {"detail": "Who are you?"})
        del known[own]
        return {"email": own}

    answer = thing(email=_EMAIL)
    entry = operation("logIn", answer=thing(access_token=TEXT)) | {"requestBody": _FORM}
    paths: dict[str, Any] = {
        "/login": {"post": entry},
        "/users/me": {
            "get": operation("show", answer=answer, **_SECURED),
            "patch": operation(
                "rename", body={"type": "object", "properties": {"email": _EMAIL}}, **_SECURED
            ),
            "delete": operation("leave", **_SECURED),
        },
        "/users/me/password": {
            "post": operation(
                "changePassword",
                body=thing(current_password=TEXT, new_password={"type": "string", "minLength": 8}),
                **_SECURED,
            )
        },
    }
    named = {"name": "email", "in": "path", "required": True, "schema": _EMAIL}
    named_ann = {**named, "example": "ann@example.com"}
    paths["/people/{email}"] = {"delete": operation("remove", parameters=[named_ann], **_SECURED)}
    if sign_up:
        paths["/users/{email}/password"] = {
            "put": operation(
                "givePassword",
                body=thing(password={"type": "string", "minLength": 8}),
                parameters=[named],
                **_SECURED,
            )
        }
        wanted = thing(email=_EMAIL, password={"type": "string", "minLength": 8})
        paths["/signup"] = {"post": operation("join", body=wanted, answer=answer)}
    flow = {"password": {"tokenUrl": "/login", "scopes": {}}}
    answers = {
        "logIn": show,  # never reached: a form is read before it
        "join": join,
        "show": show,
        "rename": rename,
        "changePassword": change,
        "givePassword": give,
        "remove": remove,
        "leave": leave,
    }
    made = service(
        paths,
        answers,
        components={"securitySchemes": {"it": {"type": "oauth2", "flows": flow}}},
    )
    made.router.routes.insert(0, _login(known, tokens))
    return made


def _login(known: dict[str, str], tokens: dict[str, str]) -> Any:
    async def login(request: Request) -> Response:
        form = {name: each[0] for name, each in parse_qs((await request.body()).decode()).items()}
        email = form.get("username", "")
        if email not in known or known[email] != form.get("password"):
            return error(400, {"detail": "Incorrect email or password"})
        token = uuid4().hex
        tokens[token] = email
        return JSONResponse({"access_token": token})

    return Route("/login", login, methods=["POST"])


app = people(sign_up=True)
closed = people(sign_up=False)
