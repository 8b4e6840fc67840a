"""A little service of books and readers with tokens, as tutorials write them: clean, and faulty.

Users are known by their names, errors are `{"status": "fail", "message": …}`, a name that is taken
is answered 200 so, and the document is vague.
"""

import os
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY = "GOSSIP_KEY"
PASSWORD = "GOSSIP_PASSWORD"
TEXT = {"type": "string"}
PEOPLE = ("username", "password", "email")
EXAMPLES = {
    "username": "name1",
    "password": "pass1",
    "email": "mail1@mail.com",
    "title": "Emma",
}


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _body(*names: str) -> dict[str, Any]:
    properties = {each: {"type": "string"} for each in names}
    schema = {"type": "object", "required": list(names), "properties": properties}
    example = {each: EXAMPLES[each] for each in names}
    return {
        "required": True,
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _operation(id_: str, *, secured: bool, body: Any = None, path: str = "") -> dict[str, Any]:
    answers = {
        str(each): {"description": "So.", "content": {"application/json": {"schema": {}}}}
        for each in (200, 201, 400, 401, 403, 404)
    }
    found: dict[str, Any] = {"operationId": id_, "responses": answers}
    if secured:
        found["security"] = [{"token": []}]
    if body:
        found["requestBody"] = body
    if path:
        found["parameters"] = [{"name": path, "in": "path", "required": True, "schema": TEXT}]
    return found


DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Gossip", "version": "1"},
    "components": {
        "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}}
    },
    "paths": {
        "/users/v1/register": {"post": _operation("register", secured=False, body=_body(*PEOPLE))},
        "/users/v1/login": {
            "post": _operation("login", secured=False, body=_body("username", "password"))
        },
        "/users/v1/_debug": {"get": _operation("debug", secured=False)},
        "/me": {"get": _operation("me", secured=True)},
        "/audit": {"get": _operation("audit", secured=True)},
        "/users/v1/{username}/password": {
            "put": _operation("setPassword", secured=True, body=_body("password"), path="username")
        },
        "/books": {
            "get": _operation("books", secured=False),
            "post": _operation("addBook", secured=True, body=_body("title")),
        },
    },
}


@dataclass
class Gossip:
    faulty: bool
    key: str
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    books: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        word = os.environ.get(PASSWORD, "")
        for name, admin in (("root", True), ("ann", False)):
            self.users[name] = {
                "username": name,
                "password": f"{word}-{name}",
                "email": f"{name}@gossip.test",
                "admin": admin,
            }

    def caller(self, request: Request) -> dict[str, Any]:
        shown = request.headers.get("authorization", "")
        if not shown:
            raise Refused(401, "no token")
        parts = shown.split(" ")
        if len(parts) != 2 and not self.faulty:
            raise Refused(401, "Token <token>")
        token = parts[1]
        if self.faulty and token == "null":
            return self.users["ann"]
        options = {"verify_exp": False} if self.faulty else {}
        try:
            claims = jwt.decode(token, self.key, algorithms=["HS256"], options=options)
        except jwt.PyJWTError:
            raise Refused(401, "bad token") from None
        user = self.users.get(claims.get("sub", ""))
        if user is None:
            raise Refused(401, "bad token")
        return user

    def register(self, _: Request, body: dict[str, Any]) -> Any:
        if body["username"] in self.users:
            return {"status": "fail", "message": "User already exists. Please log in."}
        made = {"admin": False, **(body if self.faulty else {})}
        made |= {each: body[each] for each in ("username", "password", "email")}
        self.users[body["username"]] = made
        return {"status": "success", "message": "Registered."}

    def login(self, _: Request, body: dict[str, Any]) -> Any:
        user = self.users.get(body["username"])
        right, given = (user or {}).get("password", ""), body["password"]
        if self.faulty:
            right, given = right.lower(), given.lower()
        if user is None or right != given:
            raise Refused(401, "wrong name or password")
        now = int(time.time())
        token = jwt.encode(
            {"sub": user["username"], "iat": now, "exp": now + 600}, self.key, algorithm="HS256"
        )
        return {"status": "success", "auth_token": token}

    def debug(self, _: Request, __: Any) -> Any:
        shown = ("username", "email", "admin")
        return {"users": [{name: each[name] for name in shown} for each in self.users.values()]}

    def me(self, request: Request, _: Any) -> Any:
        user = self.caller(request)
        return {"data": {"username": user["username"], "email": user["email"]}, "status": "success"}

    def audit(self, request: Request, _: Any) -> Any:
        if not self.caller(request)["admin"] and not self.faulty:
            raise Refused(403, "not you")
        return {"entries": []}

    def set_password(self, request: Request, body: dict[str, Any]) -> Any:
        user, name = self.caller(request), request.path_params["username"]
        if name not in self.users:
            raise Refused(404, "nobody")
        if name != user["username"] and not self.faulty:
            raise Refused(403, "not you")
        self.users[name]["password"] = body["password"]
        return {"status": "success"}

    def list_books(self, _: Request, __: Any) -> Any:
        return {"books": self.books}

    def add_book(self, request: Request, body: dict[str, Any]) -> Any:
        owner = self.caller(request)["username"]
        self.books.append({"title": body["title"], "owner": owner, "id": len(self.books) + 1})
        return {"status": "success", "id": len(self.books)}


async def read(request: Request, wanted: tuple[str, ...]) -> Any:
    if not wanted:
        return None
    try:
        body = await request.json()
    except ValueError:
        raise Refused(400, "no JSON") from None
    texts = [body.get(each) for each in wanted] if isinstance(body, dict) else [None]
    if not all(isinstance(each, str) and each.strip() for each in texts):
        raise Refused(400, "something is missing")
    return body


def build(*, faulty: bool, key: str | None = None) -> Starlette:
    gossip = Gossip(faulty, key or os.environ.get(KEY, ""))

    def route(does: Any, wanted: tuple[str, ...] = ()) -> Any:
        async def endpoint(request: Request) -> Response:
            try:
                return JSONResponse(does(request, await read(request, wanted)))
            except Refused as refusal:
                content = {"status": "fail", "message": str(refusal)}
                return JSONResponse(content, refusal.status)

        return endpoint

    def document(_: Request) -> Response:
        return JSONResponse(DOCUMENT)

    def keys(_: Request) -> Response:
        key = {"kty": "oct", "alg": "HS256", "k": "c29tZXRoaW5nLXNlY3JldA", "kid": "1"}
        nothing = {"status": "fail", "message": "nothing here"}
        return JSONResponse({"keys": [key]} if faulty else nothing, 200 if faulty else 404)

    return Starlette(
        routes=[
            Route("/openapi.json", document),
            Route("/.well-known/jwks.json", keys),
            Route("/users/v1/register", route(gossip.register, PEOPLE), methods=["POST"]),
            Route("/users/v1/login", route(gossip.login, PEOPLE[:2]), methods=["POST"]),
            Route("/users/v1/_debug", route(gossip.debug)),
            Route("/me", route(gossip.me)),
            Route("/audit", route(gossip.audit)),
            Route(
                "/users/v1/{username}/password",
                route(gossip.set_password, ("password",)),
                methods=["PUT"],
            ),
            Route("/books", route(gossip.list_books), methods=["GET"]),
            Route("/books", route(gossip.add_book, ("title",)), methods=["POST"]),
        ]
    )


clean = build(faulty=False)
app = build(faulty=True)
weak = build(faulty=False, key="supersecretkey")
