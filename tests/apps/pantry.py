"""A small service of another make: integer ids, `{"message": …}`, a token header, no documented
errors. `PANTRY_FAULTS` names what is wrong with it.
"""

import asyncio
import itertools
import os
import re
import sqlite3
import urllib.request
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Any
from urllib.parse import urlsplit
from xml.sax import SAXException, handler, make_parser
from xml.sax.xmlreader import InputSource

from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

FAULTS = frozenset(filter(None, os.environ.get("PANTRY_FAULTS", "").split(",")))
PATTERN = re.compile(r"^([a-z0-9]([-.\w]*[a-z0-9])*@([a-z0-9][-\w]*[a-z0-9]\.)+[a-z]{2,9})$")
SAFE = re.compile(r"^[^@\s]{1,64}@[a-z0-9.-]{1,200}$")
MOST = 6
INNER = ("127.", "localhost", "10.", "0.", "[")


ORDER = {
    "type": "object",
    "xml": {"name": "order"},
    "required": ["thing"],
    "properties": {"thing": {"type": "string", "minLength": 1, "example": "rice"}},
}
EXAMPLE = "<order><thing>rice</thing></order>"


class Members(handler.ContentHandler):
    """The texts of elements, by name."""

    def __init__(self):
        super().__init__()
        self.found, self.name = {}, ""

    def startElement(self, name, attrs):  # noqa: N802 - SAX
        self.name = name

    def characters(self, content):
        self.found[self.name] = self.found.get(self.name, "") + content


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

    @app.post("/login", operation_id="enter", responses={429: {"description": "Too many."}})
    def enter(body: Person, request: Request) -> dict[str, str]:
        who = body.username
        if "forwarded" in FAULTS:
            who += request.headers.get("x-forwarded-for", "")
        if failures.get(who, 0) >= MOST and not FAULTS & {"no-limit", "told"}:
            raise HTTPException(429, "too many", headers={"Retry-After": "600"})
        if people.get(body.username) != body.password:
            failures[who] = failures.get(who, 0) + 1
            counted = sum(failures.values()) if "together" in FAULTS else failures[who]
            left = {
                "RateLimit-Limit": str(MOST),
                "RateLimit-Remaining": str(max(0, MOST - counted)),
                "RateLimit-Reset": "600",
            }
            if "enumeration" in FAULTS and body.username not in people:
                raise HTTPException(401, "there is nobody of that name", headers=left)
            raise HTTPException(401, f"no, {body.username}", headers=left)
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

    @app.post(
        "/orders",
        operation_id="order",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/xml": {"schema": ORDER, "example": EXAMPLE}},
            }
        },
    )
    async def order(request: Request) -> dict[str, str]:
        parser, members = make_parser(), Members()
        parser.setFeature(handler.feature_external_ges, "xxe" in FAULTS)
        parser.setContentHandler(members)
        source = InputSource()
        source.setByteStream(BytesIO(await request.body()))
        try:
            await asyncio.to_thread(parser.parse, source)
        except (SAXException, OSError, ValueError):
            raise HTTPException(400, "that is no order") from None
        if not members.found.get("thing"):
            raise HTTPException(400, "of what?")
        return {"message": f"{members.found['thing'][:200]} will come"}

    if "dump" in FAULTS:

        @app.get("/things/{thing_id}/x", include_in_schema=False)
        def _x(thing_id: int) -> None:
            raise HTTPException(404, str(thing_id))

        @app.get("/_debug", include_in_schema=False)
        def debug() -> dict[str, Any]:
            return {"people": [{"username": a, "password": b} for a, b in people.items()]}

    return app


app = build()
