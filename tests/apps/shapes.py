"""Small services of the shapes that are met in the wild; each has its own document below its name.

What they have in common is that nothing but their document and their answers says how to use them.
"""

import itertools
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def thing(**members: Any) -> dict[str, Any]:
    """A schema of an object all of whose members are required."""
    return {"type": "object", "properties": members, "required": list(members)}


def operation(name: str, *, body: Any = None, answer: Any = None, **more: Any) -> dict[str, Any]:
    """An operation; without an ``answer`` the document says nothing of the body."""
    content = {"content": {"application/json": {"schema": answer}}} if answer is not None else {}
    found: dict[str, Any] = {
        "operationId": name,
        "responses": {"200": {"description": "Done.", **content}},
        **more,
    }
    if body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    return found


def path(name: str, schema: Any = TEXT) -> dict[str, Any]:
    """A path parameter."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


Answer = Callable[[Request, Any], Any]


def service(paths: dict[str, Any], answers: dict[str, Answer], **top: Any) -> Starlette:
    """The service of a document whose operations are answered by ``answers``, by operationId."""
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, **top}

    async def own(_: Request) -> Response:
        return JSONResponse(document)

    def route(template: str, method: str, name: str) -> Route:
        async def answered(request: Request) -> Response:
            try:
                body = await request.json()
            except ValueError:
                body = None
            found = answers[name](request, body)
            if isinstance(found, Response):
                return found
            return JSONResponse(found)

        return Route(template, answered, methods=[method.upper()])

    routes = [Route("/openapi.json", own)]
    routes += [
        route(template, method, each["operationId"])
        for template, item in paths.items()
        for method, each in item.items()
    ]
    return Starlette(routes=routes)


def error(status: int, said: Any, **headers: str) -> Response:
    """A refusal."""
    return JSONResponse(said, status, headers=headers)


def kept(known: dict[str, Any], name: str) -> Answer:
    """Shows what is known under a path parameter."""

    def show(request: Request, _: Any) -> Any:
        found = known.get(request.path_params[name])
        return found if found is not None else error(404, {"error": "no such thing"})

    return show


def uuids() -> Starlette:
    known: dict[str, Any] = {}

    def make(_: Request, body: Any) -> Any:
        made = {"id": str(uuid4()), "text": body["text"]}
        known[made["id"]] = made
        return made

    note = thing(id={"type": "string", "format": "uuid"}, text=TEXT)
    return service(
        {
            "/notes": {"post": operation("make", body=thing(text=TEXT), answer=note)},
            "/notes/{note_id}": {
                "get": operation("show", answer=note, parameters=[path("note_id")]),
            },
        },
        {"make": make, "show": kept(known, "note_id")},
    )


def enveloped() -> Starlette:
    known: dict[str, Any] = {}
    numbers = itertools.count(1)

    def make(_: Request, body: Any) -> Any:
        made = {"result": {"id": next(numbers), "title": body["title"]}, "ok": True}
        known[str(made["result"]["id"])] = made
        return made

    whole = thing(result=thing(id=NUMBER, title=TEXT), ok={"type": "boolean"})
    return service(
        {
            "/posts": {"post": operation("make", body=thing(title=TEXT), answer=whole)},
            "/posts/{postId}": {
                "get": operation("show", answer=whole, parameters=[path("postId", NUMBER)]),
            },
        },
        {"make": make, "show": kept(known, "postId")},
    )


def slugs() -> Starlette:
    known: dict[str, Any] = {}
    numbers = itertools.count(1)

    def make(_: Request, body: Any) -> Any:
        number = next(numbers)
        made = {"article": {"id": number, "slug": f"a-{number}", "title": body["title"]}}
        known[made["article"]["slug"]] = made
        return made

    whole = thing(article=thing(id=NUMBER, slug=TEXT, title=TEXT))
    return service(
        {
            "/articles": {"post": operation("make", body=thing(title=TEXT), answer=whole)},
            "/articles/{slug}": {
                "get": operation("show", answer=whole, parameters=[path("slug")]),
            },
        },
        {"make": make, "show": kept(known, "slug")},
    )


def chosen() -> Starlette:
    """The caller names the thing; a name that is taken is answered with 400."""
    known: dict[str, Any] = {"a": {}, "0": {}, "": {}, "00": {}}

    def make(_: Request, body: Any) -> Any:
        if body["username"] in known:
            return error(400, {"status": "fail", "message": "User already exists. Log in."})
        known[body["username"]] = body
        return {"status": "success"}

    return service(
        {
            "/accounts": {
                "post": operation(
                    "make",
                    body=thing(username=TEXT, mail=TEXT),
                    answer=thing(status=TEXT),
                )
            },
            "/accounts/{username}": {
                "get": operation("show", answer={}, parameters=[path("username")]),
            },
        },
        {"make": make, "show": kept(known, "username")},
    )


def located() -> Starlette:
    known: dict[str, Any] = {}
    numbers = itertools.count(1)

    def make(request: Request, _: Any) -> Any:
        number = next(numbers)
        known[str(number)] = {"state": "queued"}
        return Response(None, 201, {"Location": f"{request.url.path}/{number}"})

    made = {"201": {"description": "Made.", "headers": {"Location": {"schema": TEXT}}}}
    return service(
        {
            "/jobs": {"post": operation("make") | {"responses": made}},
            "/jobs/{id}": {
                "get": operation("show", answer=thing(state=TEXT), parameters=[path("id")]),
            },
        },
        {"make": make, "show": kept(known, "id")},
    )


def hal() -> Starlette:
    known: dict[str, Any] = {}
    numbers = itertools.count(1)

    def make(_: Request, body: Any) -> Any:
        number = str(next(numbers))
        known[number] = {"_links": {"self": {"href": f"/hal/orders/{number}"}}, "sum": body["sum"]}
        return known[number]

    def every(_: Request, __: Any) -> Any:
        return {"_embedded": {"orders": list(known.values())}, "_links": {}}

    linked = thing(_links=thing(self=thing(href=TEXT)), sum=NUMBER)
    embedded = thing(_embedded=thing(orders={"type": "array", "items": linked}))
    return service(
        {
            "/orders": {
                "post": operation("make", body=thing(sum=NUMBER), answer=linked),
                "get": operation("every", answer=embedded),
            },
            "/orders/{id}": {"get": operation("show", answer=linked, parameters=[path("id")])},
        },
        {"make": make, "every": every, "show": kept(known, "id")},
    )


def json_api() -> Starlette:
    known: dict[str, Any] = {}
    numbers = itertools.count(1)

    def make(_: Request, body: Any) -> Any:
        number = f"w{next(numbers)}"
        known[number] = {"data": {"type": "widgets", "id": number, **body["data"]}}
        return known[number]

    attributes = thing(name=TEXT)
    kind = {"type": "string", "enum": ["widgets"]}
    return service(
        {
            "/widgets": {
                "post": operation(
                    "make",
                    body=thing(data=thing(type=kind, attributes=attributes)),
                    answer=thing(data=thing(type=kind, id=TEXT, attributes=attributes)),
                )
            },
            "/widgets/{id}": {
                "get": operation(
                    "show",
                    answer=thing(data=thing(id=TEXT, attributes=attributes)),
                    parameters=[path("id")],
                )
            },
        },
        {"make": make, "show": kept(known, "id")},
    )


def composite() -> Starlette:
    known: dict[tuple[str, str], Any] = {}

    def make(_: Request, body: Any) -> Any:
        known[body["owner"], body["name"]] = body
        return body

    def show(request: Request, _: Any) -> Any:
        found = known.get((request.path_params["owner"], request.path_params["name"]))
        return found if found is not None else error(404, {"error": "no such thing"})

    word = {"type": "string", "pattern": "^[a-z]{3,9}$"}
    repository = thing(owner=word, name=word)
    return service(
        {
            "/repositories": {"post": operation("make", body=repository, answer=repository)},
            "/repositories/{owner}/{name}": {
                "get": operation(
                    "show",
                    answer=repository,
                    parameters=[path("owner", word), path("name", word)],
                )
            },
        },
        {"make": make, "show": show},
    )


def put_makes() -> Starlette:
    known: dict[str, Any] = {}

    def put(request: Request, body: Any) -> Any:
        known[request.path_params["key"]] = body
        return body

    flag = thing(on={"type": "boolean"})
    return service(
        {
            "/flags/{key}": {
                "put": operation("put", body=flag, answer=flag, parameters=[path("key")]),
                "get": operation("show", answer=flag, parameters=[path("key")]),
            }
        },
        {"put": put, "show": kept(known, "key")},
    )


def elsewhere_made() -> Starlette:
    known: dict[str, Any] = {}
    numbers = itertools.count(100)

    def checkout(_: Request, __: Any) -> Any:
        number = next(numbers)
        known[str(number)] = {"state": "paid"}
        return {"receipt": {"order_id": number}}

    return service(
        {
            "/checkout": {
                "post": operation("checkout", answer=thing(receipt=thing(order_id=NUMBER)))
            },
            "/orders/{order_id}": {
                "get": operation("show", answer={}, parameters=[path("order_id", NUMBER)]),
            },
        },
        {"checkout": checkout, "show": kept(known, "order_id")},
    )


def vague() -> Starlette:
    """The document knows neither bodies nor answers; refusals say what is missing."""
    known: dict[str, Any] = {}

    def make(_: Request, body: Any) -> Any:
        body = body if isinstance(body, dict) else {}
        if not isinstance(body.get("email"), str) or "@" not in body["email"]:
            return error(422, {"detail": [{"loc": ["body", "email"], "msg": "Field required"}]})
        if body.get("colour") not in {"red", "green"}:
            return error(400, {"errors": {"colour": ["must be one of: red, green"]}})
        known["t1"] = {"id": "t1", **body}
        return known["t1"]

    return service(
        {
            "/things": {"post": operation("make", body={}, answer={})},
            "/things/{id}": {"get": operation("show", answer={}, parameters=[path("id")])},
        },
        {"make": make, "show": kept(known, "id")},
    )


def seen() -> Starlette:
    """A parameter that nothing produces stands in what a list shows."""
    cities = {"Oslo": {"city": "Oslo"}, "Bern": {"city": "Bern"}}

    def every(_: Request, __: Any) -> Any:
        return {"weather": list(cities.values())}

    return service(
        {
            "/weather": {"get": operation("every", answer={})},
            "/forecast/by-city/{city}": {
                "get": operation("show", answer={}, parameters=[path("city")])
            },
        },
        {"every": every, "show": kept(cities, "city")},
    )


def misplaced() -> Starlette:
    """Its `servers` speak of another place than the one it is at."""
    return service(
        {"/ping": {"get": operation("ping", answer=thing(pong=NUMBER))}},
        {"ping": lambda _, __: {"pong": 1}},
        servers=[{"url": "https://api.example.com/production/v9"}],
    )


def limited() -> Starlette:
    """Two requests in a quarter of a second, then 429 with when to come again."""
    turns = itertools.count(1)

    def make(_: Request, __: Any) -> Any:
        if next(turns) % 2 == 0:
            return error(429, {"error": "too often"}, **{"Retry-After": "0"})
        return {"id": 1}

    return service(
        {
            "/tickets": {"post": operation("make", answer=thing(id=NUMBER))},
            "/others": {"post": operation("more", answer=thing(id=NUMBER))},
        },
        {"make": make, "more": make},
    )


TOKEN = "t0k3n-of-somebody"


def guarded(scheme: dict[str, Any], paths: dict[str, Any], answers: Any, pattern: str) -> Starlette:
    """`GET /own` for whoever shows TOKEN as ``pattern`` says, of header or query."""

    def own(request: Request, _: Any) -> Any:
        place, _, form = pattern.partition(": ")
        shown = {
            **{name.lower(): value for name, value in request.headers.items()},
            **{f"?{name}": value for name, value in request.query_params.items()},
            **{f"={name}": value for name, value in request.cookies.items()},
        }
        good = re.fullmatch(form, shown.get(place, ""))
        return {"own": True} if good else error(401, {"error": "who are you?"})

    return service(
        {
            **paths,
            "/own": {"get": operation("own", answer={}, security=[{"it": []}])},
        },
        {**answers, "own": own},
        components={"securitySchemes": {"it": scheme}},
    )


def _login(**names: str) -> Answer:
    def login(request: Request, body: Any) -> Any:
        good = isinstance(body, dict) and body.get("password") == "good"
        return {"data": {"user": {"token": TOKEN}}} if good else error(401, {"error": "no"})

    return login


LOGIN = operation("signIn", body=thing(email=TEXT, password=TEXT), answer={})


def token_prefix() -> Starlette:
    said = 'Token-based authentication with required prefix "Token"'
    return guarded(
        {"type": "apiKey", "in": "header", "name": "Authorization", "description": said},
        {"/users/sign-in": {"post": LOGIN}},
        {"signIn": _login()},
        f"authorization: Token {TOKEN}",
    )


def query_key() -> Starlette:
    return guarded(
        {"type": "apiKey", "in": "query", "name": "api_key"}, {}, {}, f"?api_key: {TOKEN}"
    )


def cookie() -> Starlette:
    def enter(_: Request, body: Any) -> Any:
        if not isinstance(body, dict) or body.get("password") != "good":
            return error(401, {"error": "no"})
        answer = Response(None, 204)
        answer.set_cookie("sid", TOKEN)
        return answer

    entry = operation("enter", body=thing(user=TEXT, password=TEXT))
    entry["responses"] = {"204": {"description": "In."}}
    return guarded(
        {"type": "apiKey", "in": "cookie", "name": "sid"},
        {"/session": {"post": entry}},
        {"enter": enter},
        f"=sid: {TOKEN}",
    )


def machine() -> Starlette:
    """OAuth2 client credentials, at an endpoint that the document names in the scheme only."""
    made = guarded(
        {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
        },
        {},
        {},
        f"authorization: Bearer {TOKEN}",
    )

    async def token(request: Request) -> Response:
        form = await request.body()
        good = b"grant_type=client_credentials" in form and b"client_secret=good" in form
        if not good:
            return error(400, {"error": "invalid_client"})
        return JSONResponse({"access_token": TOKEN, "token_type": "bearer", "expires_in": 600})

    made.router.routes.append(Route("/oauth/token", token, methods=["POST"]))
    return made


SHAPES: dict[str, Callable[[], Starlette]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        *(uuids, enveloped, slugs, chosen, located, hal, json_api, composite, put_makes),
        *(elsewhere_made, vague, seen, misplaced, limited),
        *(token_prefix, query_key, cookie, machine),
    )
}
misplaced_alone = misplaced()
app = Starlette(routes=[Mount(f"/{name}", make()) for name, make in SHAPES.items()])
