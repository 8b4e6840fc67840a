"""Notes of one's own, posts for all, books with secrets: integer ids, an envelope, few words.

Written as small services are: no schema says more than it must, refusals are 404 or a 200 that
says `fail`, and one route answers a stranger's change as if it had been made.
"""

import itertools
import json
import os
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

KEYS = {"SATCHEL_ANN": "ann", "SATCHEL_BEN": "ben"}
PLANTED = {
    "read": "GET /notes/{note_id} shows anybody's",
    "write": "PUT /notes/{note_id} changes anybody's, and answers 404",
    "delete": "DELETE /notes/{note_id} deletes anybody's",
    "search": "GET /notes/search finds anybody's",
    "copy": "POST /copies copies anybody's",
    "parent": "GET /notes/{note_id}/files/{file_id} looks for the file alone",
    "exists": "GET /notes/{note_id} says 403 of another's, 404 of nobody's",
    "header": "GET /me believes X-User",
    "secret": "GET /books/{book_title} shows anybody's secret",
}
Things = dict[int, dict[str, Any]]


def served(data: Any, status: int = 200) -> JSONResponse:
    return JSONResponse({"status": "success", "data": data}, status)


def failed(message: str, status: int) -> JSONResponse:
    return JSONResponse({"status": "fail", "message": message}, status)


def build(faults: frozenset[str]) -> Starlette:
    """The application; it starts empty."""
    numbers = itertools.count(1)
    notes: Things = {}
    files: Things = {}
    posts: Things = {}
    books: dict[str, dict[str, Any]] = {}
    people = {os.environ.get(key, key): name for key, name in KEYS.items()}

    def who(request: Request) -> str:
        return people.get(request.headers.get("authorization", "").removeprefix("Token "), "")

    def guarded(answer: Any) -> Any:
        async def endpoint(request: Request) -> JSONResponse:
            if not who(request):
                return failed("who are you?", 401)
            try:
                body = json.loads(await request.body() or b"{}")
            except ValueError:
                return failed("no JSON", 400)
            return answer(request, who(request), body if isinstance(body, dict) else {})

        return endpoint

    def mine(request: Request, me: str, *, but: str = "") -> dict[str, Any] | None:
        found = notes.get(request.path_params["note_id"])
        return found if found and (found["author"] == me or but in faults) else None

    def note(new: dict[str, Any], me: str) -> dict[str, Any]:
        made = {"id": next(numbers), "author": me}
        made |= {name: str(new.get(name, "")) for name in ("title", "text")}
        notes[made["id"]] = made
        return made

    def add(request, me, body):
        return served({"id": note(body, me)["id"]}, 201)

    def listed(request, me, body):
        return served([each for each in notes.values() if each["author"] == me])

    def search(request, me, body):
        text = request.query_params.get("q", "")
        return served(
            [
                each
                for each in notes.values()
                if text in each["title"] and (each["author"] == me or "search" in faults)
            ]
        )

    def read(request, me, body):
        found = mine(request, me, but="read")
        if found is None and "exists" in faults and request.path_params["note_id"] in notes:
            return failed("not yours", 403)
        return served(found) if found else failed("not found", 404)

    def change(request, me, body):
        if "picky" in faults and any(len(str(each)) > 8 for each in body.values()):
            # No fault, and no guard either: nobody may say that.
            return failed("too long", 422)
        found = mine(request, me, but="write")
        if found is None:
            return failed("not found", 404)
        found |= {name: str(body[name]) for name in ("title", "text") if name in body}
        return served(found) if found["author"] == me else failed("not found", 404)

    def drop(request, me, body):
        found = mine(request, me, but="delete")
        # Whoever deletes what is not there is told that it is gone.
        if found:
            del notes[found["id"]]
        return served({})

    def attach(request, me, body):
        if mine(request, me) is None:
            return failed("not found", 404)
        made = {"id": next(numbers), "note_id": request.path_params["note_id"]}
        files[made["id"]] = made | {"name": str(body.get("name", ""))}
        return served({"id": made["id"]}, 201)

    def attached(request, me, body):
        found = files.get(request.path_params["file_id"])
        above = request.path_params["note_id"]
        if mine(request, me) is None or found is None:
            return failed("not found", 404)
        own = found["note_id"] == above or "parent" in faults
        return served(found) if own else failed("not found", 404)

    def copy(request, me, body):
        known = body.get("note_id")
        found = notes.get(known) if isinstance(known, int) else None
        if not found or (found["author"] != me and "copy" not in faults):
            return JSONResponse({"status": "fail", "message": "no such note"})
        return served(note(found, me), 201)

    def publish(request, me, body):
        made = {"id": next(numbers), "author": me, "text": str(body.get("text", ""))}
        posts[made["id"]] = made
        return served({"id": made["id"]}, 201)

    def published(request, me, body):
        return served(list(posts.values()))

    def post(request, me, body):
        found = posts.get(request.path_params["post_id"])
        return served(found) if found else failed("not found", 404)

    def correct(request, me, body):
        found = posts.get(request.path_params["post_id"])
        if found is None:
            return failed("not found", 404)
        if found["author"] == me:
            found["text"] = str(body.get("text", ""))
        return served({"id": found["id"]})

    def shelve(request, me, body):
        title = str(body.get("book_title", ""))
        if not title or title in books:
            return failed("there is one of that title", 400)
        books[title] = {"book_title": title, "owner": me, "secret": str(body.get("secret", ""))}
        return served({"message": "it has been added"})

    async def shelf(request: Request) -> JSONResponse:
        shown = [{"book_title": each["book_title"]} for each in books.values()]
        return JSONResponse({"books": shown})

    def book(request, me, body):
        found = books.get(request.path_params["book_title"])
        if found is None or (found["owner"] != me and "secret" not in faults):
            return failed("not found", 404)
        return JSONResponse(found)

    def me_(request, me, body):
        named = request.headers.get("x-user", "") if "header" in faults else ""
        name = named if named in people.values() else me
        return JSONResponse({"user": name, "greeting": f"Good morning, dear {name}!"})

    async def document(request: Request) -> JSONResponse:
        return JSONResponse(DOCUMENT)

    def route(path: str, method: str, answer: Any) -> Route:
        return Route(path, guarded(answer), methods=[method])

    one, child = "/notes/{note_id:int}", "/notes/{note_id:int}/files"
    return Starlette(
        routes=[
            Route("/openapi.json", document),
            Route("/books", shelf, methods=["GET"]),
            route("/notes", "POST", add),
            route("/notes", "GET", listed),
            route("/notes/search", "GET", search),
            route(one, "GET", read),
            route(one, "PUT", change),
            route(one, "DELETE", drop),
            route(child, "POST", attach),
            route(f"{child}/{{file_id:int}}", "GET", attached),
            route("/copies", "POST", copy),
            route("/posts", "POST", publish),
            route("/posts", "GET", published),
            route("/posts/{post_id:int}", "GET", post),
            route("/posts/{post_id:int}", "PUT", correct),
            route("/books", "POST", shelve),
            route("/books/{book_title}", "GET", book),
            route("/me", "GET", me_),
        ]
    )


def _content(**members: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in members.items()},
        "required": list(members),
    }
    return {"content": {"application/json": {"schema": schema}}}


def _described(name: str, *, body: Any = None, security: bool = True, **path: str) -> Any:
    query = [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}]
    return {
        "operationId": name,
        "parameters": [
            {"name": each, "in": "path", "required": True, "schema": {"type": kind}}
            for each, kind in path.items()
        ]
        + (query if name == "search" else []),
        **({"requestBody": body} if body else {}),
        "security": [{"token": []}] if security else [],
        "responses": {"200": _answer(name), "default": {"description": "Refused."}},
    }


def _answer(name: str) -> Any:
    """What is said of an answer: where ids stand, and little else."""
    item = {"type": "object", "properties": {"id": {"type": "integer"}}}
    data: Any = {"type": "array", "items": item} if name in LISTS else item
    schema: Any = {"type": "object", "properties": {"data": data}}
    if name == "shelf":
        titles = {"type": "object", "properties": {"book_title": {"type": "string"}}}
        schema = {"properties": {"books": {"type": "array", "items": titles}}}
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


LISTS = {"listed", "search", "published"}
NOTE = _content(title="string", text="string")
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Satchel", "version": "1"},
    "components": {
        "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}}
    },
    "paths": {
        "/notes": {"post": _described("add", body=NOTE), "get": _described("listed")},
        "/notes/search": {"get": _described("search")},
        "/notes/{note_id}": {
            "get": _described("read", note_id="integer"),
            "put": _described("change", body=NOTE, note_id="integer"),
            "delete": _described("drop", note_id="integer"),
        },
        "/notes/{note_id}/files": {
            "post": _described("attach", body=_content(name="string"), note_id="integer")
        },
        "/notes/{note_id}/files/{file_id}": {
            "get": _described("attached", note_id="integer", file_id="integer")
        },
        "/copies": {"post": _described("copy", body=_content(note_id="integer"))},
        "/posts": {
            "post": _described("publish", body=_content(text="string")),
            "get": _described("published"),
        },
        "/posts/{post_id}": {
            "get": _described("post", post_id="integer"),
            "put": _described("correct", body=_content(text="string"), post_id="integer"),
        },
        "/books": {
            "post": _described("shelve", body=_content(book_title="string", secret="string")),
            "get": _described("shelf", security=False),
        },
        "/books/{book_title}": {"get": _described("book", book_title="string")},
        "/me": {"get": _described("me")},
    },
}

app = build(frozenset(filter(None, os.environ.get("SATCHEL_FAULTS", "").split(","))))
