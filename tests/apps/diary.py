"""Diaries of people who sign up: integer ids, a token, counts and exports; and faulty.

One person is there from the beginning; all others sign up. Refusals are 403 in plain text.
"""

import itertools
import json
import os
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

ANN = "ann@diary.example"
PLANTED = {
    "read": "GET /entries/{entry_id} shows anybody's",
    "write": "PUT /entries/{entry_id} changes anybody's, and answers 403",
    "delete": "DELETE /entries/{entry_id} deletes anybody's",
    "account": "DELETE /accounts/{account_id} deletes anybody",
    "count": "GET /entries/count counts everybody's",
    "export": "GET /entries/export has everybody's",
    "lines": "GET /entries/export.ndjson has everybody's",
}
LOOKALIKES = {
    "public": "GET /entries/count counts everybody's, as anybody may ask without a token",
    "titles": "GET /entries/export has the titles of everybody's",
    "password": "PUT /accounts/{account_id}/password changes the sender's own, whoever is named",
    "empty": "GET and DELETE of somebody else's entry are answered 200, with nothing in it",
    "directory": "GET /entries/search finds the titles of everybody's",
}
SHARED = "shared"
"""GET /entries/{entry_id} shows what says of itself that it is public: all that was made."""
Things = dict[int, dict[str, Any]]


def build(faults: frozenset[str]) -> Starlette:
    """The application, with one account."""
    numbers = itertools.count(1)
    began = time.monotonic()
    served = itertools.count(1)
    entries: Things = {}
    accounts: Things = {}
    tokens: dict[str, int] = {}

    def enrol(email: str, password: str) -> dict[str, Any]:
        made = {"id": next(numbers), "email": email, "password": password}
        accounts[made["id"]] = made
        return made

    enrol(ANN, os.environ.get("DIARY_ANN", "long-ago-3141"))

    def refused(status: int, why: str) -> Response:
        return PlainTextResponse(f"{why}\n", status)

    def who(request: Request) -> int | None:
        known = tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        return known if known in accounts else None

    async def sent(request: Request) -> dict[str, Any]:
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    async def register(request: Request) -> Response:
        body = await sent(request)
        email, password = body.get("email"), body.get("password")
        if not isinstance(email, str) or "@" not in email:
            return refused(400, "no address")
        if not isinstance(password, str) or len(password) < 8:
            return refused(400, "no password of eight characters")
        if any(each["email"] == email for each in accounts.values()):
            return refused(409, "there is one of that address")
        return JSONResponse({"id": enrol(email, password)["id"], "email": email}, 201)

    async def login(request: Request) -> Response:
        body = await sent(request)
        for each in accounts.values():
            if (each["email"], each["password"]) == (body.get("email"), body.get("password")):
                token = f"token-{each['id']}-{next(numbers)}-{os.urandom(8).hex()}"
                tokens[token] = each["id"]
                return JSONResponse({"access_token": token})
        return refused(401, "who are you?")

    def guarded(answer: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            next(served)
            me = who(request)
            if me is None and not ("public" in faults and request.url.path == "/entries/count"):
                return refused(401, "who are you?")
            return answer(request, me, await sent(request))

        return endpoint

    def shown(entry: dict[str, Any]) -> dict[str, Any]:
        public = {"public": True} if SHARED in faults else {}
        return {name: entry[name] for name in ("id", "title", "text")} | public

    def own(me: int | None, *, but: str = "") -> list[dict[str, Any]]:
        return [each for each in entries.values() if each["author"] == me or but in faults]

    def mine(request: Request, me: int, *, but: str = "") -> dict[str, Any] | None:
        found = entries.get(request.path_params["entry_id"])
        return found if found and (found["author"] == me or but in faults) else None

    def nothing() -> Response:
        return JSONResponse({}) if "empty" in faults else refused(403, "not yours")

    def whoami(request, me, body):
        return JSONResponse({"id": me, "email": accounts[me]["email"]})

    def leave(request, me, body):
        found = accounts.get(request.path_params["account_id"])
        if found is None or (found["id"] != me and "account" not in faults):
            return refused(403, "not you")
        del accounts[found["id"]]
        return Response(status_code=204)

    def account(request, me, body):
        found = accounts.get(request.path_params["account_id"])
        if found is None or found["id"] != me:
            return refused(403, "not you")
        return JSONResponse({"id": found["id"], "email": found["email"]})

    def password(request, me, body):
        new = body.get("password")
        if "password" not in faults and request.path_params["account_id"] != me:
            return refused(403, "not you")
        if not isinstance(new, str) or len(new) < 8:
            return refused(400, "no password of eight characters")
        accounts[me]["password"] = new
        return Response(status_code=204)

    def search(request, me, body):
        text = request.query_params.get("q", "")
        found = entries.values() if "directory" in faults else own(me)
        hits = [each for each in found if text in each["title"]]
        return JSONResponse(
            {"entries": [{"id": each["id"], "title": each["title"]} for each in hits]}
        )

    def add(request, me, body):
        made = {"id": next(numbers), "author": me}
        made |= {name: str(body.get(name, "")) for name in ("title", "text")}
        entries[made["id"]] = made
        return JSONResponse(shown(made), 201)

    def listed(request, me, body):
        return JSONResponse({"entries": [shown(each) for each in own(me)]})

    def read(request, me, body):
        found = mine(request, me, but="read") or mine(request, me, but=SHARED)
        return JSONResponse(shown(found)) if found else nothing()

    def change(request, me, body):
        found = mine(request, me, but="write")
        if found is None:
            return refused(403, "not yours")
        found |= {name: str(body[name]) for name in ("title", "text") if name in body}
        return JSONResponse(shown(found)) if found["author"] == me else refused(403, "not yours")

    def drop(request, me, body):
        found = mine(request, me, but="delete")
        if found is None:
            return nothing()
        del entries[found["id"]]
        return Response(status_code=204)

    def count(request, me, body):
        every = "public" in faults
        return JSONResponse({"count": len(entries if every else own(me, but="count"))})

    def export(request, me, body):
        rows = [f"{each['id']},{each['title']},{each['text']}" for each in own(me, but="export")]
        if "titles" in faults:
            rows += [f"{each['id']},{each['title']}," for each in entries.values()]
        return Response("\n".join(["id,title,text", *rows]), media_type="text/csv")

    def lines(request, me, body):
        rows = [json.dumps(shown(each)) for each in own(me, but="lines")]
        return Response("\n".join(rows), media_type="application/x-ndjson")

    def stats(request, me, body):
        return JSONResponse(
            {
                "entries": len(entries),
                "accounts": len(accounts),
                "served": next(served),
                "up": int((time.monotonic() - began) * 1000),
            }
        )

    async def document(request: Request) -> JSONResponse:
        return JSONResponse(DOCUMENT)

    def route(path: str, method: str, answer: Any) -> Route:
        return Route(path, guarded(answer), methods=[method])

    one = "/entries/{entry_id:int}"
    return Starlette(
        routes=[
            Route("/openapi.json", document),
            Route("/register", register, methods=["POST"]),
            Route("/login", login, methods=["POST"]),
            route("/me", "GET", whoami),
            route("/accounts/{account_id:int}", "GET", account),
            route("/accounts/{account_id:int}", "DELETE", leave),
            route("/accounts/{account_id:int}/password", "PUT", password),
            route("/entries/search", "GET", search),
            route("/entries", "POST", add),
            route("/entries", "GET", listed),
            route("/entries/count", "GET", count),
            route("/entries/export", "GET", export),
            route("/entries/export.ndjson", "GET", lines),
            route("/stats/entries", "GET", stats),
            route(one, "GET", read),
            route(one, "PUT", change),
            route(one, "DELETE", drop),
        ]
    )


def _content(media: str = "application/json", **members: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": members}
    return {"content": {media: {"schema": schema if members else {"type": "string"}}}}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
ENTRY = {"id": NUMBER, "title": TEXT, "text": TEXT}
ROWS = {"type": "array", "items": {"type": "object", "properties": ENTRY}}
PERSON = {
    "type": "object",
    "required": ["email", "password"],
    "properties": {
        "email": {**TEXT, "format": "email", "minLength": 3, "maxLength": 90},
        "password": {**TEXT, "minLength": 8, "maxLength": 60, "writeOnly": True},
    },
}


def _described(name: str, answer: Any, *, body: Any = None, public: bool = False, **path: Any):
    return {
        "operationId": name,
        "parameters": [
            {"name": each, "in": "path", "required": True, "schema": schema}
            for each, schema in path.items()
        ],
        **({"requestBody": {"required": True, **body}} if body else {}),
        **({} if public else {"security": [{"bearer": []}]}),
        "responses": {
            "200": {"description": "Done.", **answer},
            "default": {"description": "Refused."},
        },
    }


_WRITTEN = _content(title=TEXT, text=TEXT)
_SECRET = _content(password=PERSON["properties"]["password"])
SEARCH = _described("search", _content(entries=ROWS))
SEARCH["parameters"] = [{"name": "q", "in": "query", "schema": TEXT}]
_PERSON = {"content": {"application/json": {"schema": PERSON}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Diary", "version": "1"},
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/register": {
            "post": _described("register", _content(id=NUMBER), body=_PERSON, public=True)
        },
        "/login": {
            "post": _described("login", _content(access_token=TEXT), body=_PERSON, public=True)
        },
        "/me": {"get": _described("whoami", _content(id=NUMBER, email=TEXT))},
        "/accounts/{account_id}": {
            "get": _described("account", _content(id=NUMBER, email=TEXT), account_id=NUMBER),
            "delete": _described("leave", {}, account_id=NUMBER),
        },
        "/accounts/{account_id}/password": {
            "put": _described("password", {}, body=_SECRET, account_id=NUMBER)
        },
        "/entries/search": {"get": SEARCH},
        "/entries": {
            "post": _described("add", _content(**ENTRY), body=_WRITTEN),
            "get": _described("listed", _content(entries=ROWS)),
        },
        "/entries/count": {"get": _described("count", _content(count=NUMBER))},
        "/entries/export": {"get": _described("export", _content("text/csv"))},
        "/entries/export.ndjson": {"get": _described("lines", _content("application/x-ndjson"))},
        "/stats/entries": {"get": _described("stats", _content(entries=NUMBER))},
        "/entries/{entry_id}": {
            "get": _described("read", _content(**ENTRY), entry_id=NUMBER),
            "put": _described("change", _content(**ENTRY), body=_WRITTEN, entry_id=NUMBER),
            "delete": _described("drop", {}, entry_id=NUMBER),
        },
    },
}

app = build(frozenset(filter(None, os.environ.get("DIARY_FAULTS", "").split(","))))
