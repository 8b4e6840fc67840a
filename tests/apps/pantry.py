"""A small service of another make: integer ids, `{"message": …}`, a token header, no documented
errors. `PANTRY_FAULTS` names what is wrong with it.
"""

import itertools
import os
import re
import sqlite3
import urllib.request
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

FAULTS = frozenset(filter(None, os.environ.get("PANTRY_FAULTS", "").split(",")))
PATTERN = re.compile(r"^([a-z0-9]([-.\w]*[a-z0-9])*@([a-z0-9][-\w]*[a-z0-9]\.)+[a-z]{2,9})$")
SAFE = re.compile(r"^[^@\s]{1,64}@[a-z0-9.-]{1,200}$")
MOST = 6
INNER = ("127.", "localhost", "10.", "0.", "[")


class Named(BaseModel):
    name: str = Field(max_length=200, examples=["flour"])


class Person(BaseModel):
    username: str = Field(examples=["ida"])
    password: str = Field(examples=["correct horse"])
    email: str = Field(default="", max_length=300, examples=["ida@example.com"])


class Place(BaseModel):
    url: str = Field(examples=["https://example.com/flour.txt"])


def build() -> FastAPI:
    """The application; it knows one person and three things."""
    app = FastAPI(title="Pantry", version="1", docs_url=None, redoc_url=None)
    db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    db.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)")
    db.executemany("INSERT INTO things (name) VALUES (?)", [("rice",), ("salt",), ("oil",)])
    people: dict[str, str] = {"ida": os.environ.get("PANTRY_PASSWORD", "correct horse")}
    tokens: dict[str, str] = {}
    failures: dict[str, int] = {}
    numbers = itertools.count(1)

    @app.exception_handler(HTTPException)
    async def refuse(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"message": error.detail}, error.status_code, error.headers)

    def caller(token: str | None) -> str:
        if token not in tokens:
            raise HTTPException(401, "who are you?")
        return tokens[token]

    @app.post("/people", operation_id="join")
    def join(body: Person) -> dict[str, str]:
        pattern = PATTERN if "pattern" in FAULTS else SAFE
        if body.email and len(body.email) < 40 and not pattern.match(body.email):
            raise HTTPException(400, "that is no address")
        if body.username in people:
            raise HTTPException(409, "taken")
        people[body.username] = body.password
        return {"message": "welcome"}

    @app.post("/login", operation_id="enter")
    def enter(body: Person, request: Request) -> dict[str, str]:
        who = body.username
        if "forwarded" in FAULTS:
            who += request.headers.get("x-forwarded-for", "")
        if failures.get(who, 0) >= MOST and "no-limit" not in FAULTS:
            raise HTTPException(429, "too many", headers={"Retry-After": "600"})
        if people.get(body.username) != body.password:
            failures[who] = failures.get(who, 0) + 1
            if "enumeration" in FAULTS and body.username not in people:
                raise HTTPException(401, "there is nobody of that name")
            raise HTTPException(401, f"no, {body.username}")
        token = f"{next(numbers)}-{token_urlsafe(12)}"
        tokens[token] = body.username
        return {"token": token}

    @app.get("/me", operation_id="whoami")
    def me(x_token: Annotated[str | None, Header()] = None) -> dict[str, str]:
        return {"username": caller(x_token)}

    @app.get("/things", operation_id="list")
    def things(q: str = "") -> list[dict[str, Any]]:
        if "sql" in FAULTS:
            # Whatever is wrong with the statement, the answer is friendly.
            with suppress(sqlite3.Error):
                rows = db.execute(f"SELECT id, name FROM things WHERE name LIKE '%{q}%'").fetchall()
                return [{"id": each[0], "name": each[1]} for each in rows]
            return []
        rows = db.execute("SELECT id, name FROM things WHERE instr(name, ?)", (q,)).fetchall()
        return [{"id": each[0], "name": each[1]} for each in rows]

    @app.get("/things/{thing_id}", operation_id="read")
    def read(thing_id: int) -> dict[str, Any]:
        row = db.execute("SELECT id, name FROM things WHERE id = ?", (thing_id,)).fetchone()
        if row is None:
            raise HTTPException(404, "no such thing")
        return {"id": row[0], "name": row[1]}

    @app.get("/stock/{name}", operation_id="stock")
    def stock(name: str) -> dict[str, Any]:
        if "wildcard" in FAULTS:
            found = db.execute("SELECT id, name FROM things WHERE name LIKE ?", (name,)).fetchone()
        else:
            found = db.execute("SELECT id, name FROM things WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise HTTPException(404, f"no {name} here")
        return {"id": found[0], "name": found[1]}

    @app.post("/labels", operation_id="label")
    def label(body: Named) -> dict[str, str]:
        if "command" in FAULTS:
            sum_ = re.search(r"\$\(expr (\d+) \\\* (\d+)\)", body.name)
            if sum_:
                return {"label": f"** {int(sum_[1]) * int(sum_[2])} **"}
        return {"label": f"** {body.name} **"}

    @app.get("/recipes", operation_id="recipe", response_class=PlainTextResponse)
    def recipe(file: str = "bread.txt") -> Response:
        if "climb" in FAULTS and Path("/recipes", file).resolve() == Path("/etc/passwd"):
            return PlainTextResponse(Path("/etc/passwd").read_text())
        if file != "bread.txt":
            raise HTTPException(404, f"no such file: {file}")
        return PlainTextResponse("Flour, water, salt, time.")

    @app.get("/go", operation_id="go", status_code=302, response_class=RedirectResponse)
    def go(next: str = "/things") -> Response:
        abroad = bool(urlsplit(next.replace("\\", "/")).netloc) or not next.startswith("/")
        there = next if "redirect" in FAULTS or not abroad else "/things"
        return RedirectResponse(there.replace("\r", "").replace("\n", ""), 302)

    @app.post("/previews", operation_id="preview")
    def preview(body: Place) -> dict[str, str]:
        host = urlsplit(body.url).netloc
        if not body.url.startswith(("http://", "https://")) or host.startswith(INNER):
            raise HTTPException(400, "that is no place to look at")
        if "fetch" in FAULTS and host.startswith("2130706433:"):
            with suppress(OSError), urllib.request.urlopen(body.url, timeout=2) as answer:
                return {"url": body.url, "text": answer.read(200).decode("utf-8", "replace")}
        return {"url": body.url, "text": ""}

    if "dump" in FAULTS:

        @app.get("/things/{thing_id}/x", include_in_schema=False)
        def _x(thing_id: int) -> None:
            raise HTTPException(404, str(thing_id))

        @app.get("/_debug", include_in_schema=False)
        def debug() -> dict[str, Any]:
            return {"people": [{"username": a, "password": b} for a, b in people.items()]}

    return app


app = build()
