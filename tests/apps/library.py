"""A library of shelves and books: nested resources, UUIDs, no credential; faults on request."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import FastAPI, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from starlette.types import Scope

from tests.apps.exact import Refusal, exact_route, install

PLANTED: Mapping[str, str] = MappingProxyType(
    {
        "search-crash": "GET /search ends in a 500 when limit >= 1 and offset > 50",
        "teapot": "GET /shelves?order=newest answers 418, which the document does not know",
        "second-shape": 'POST /shelves answers {"error": "…"} to a body that is not JSON',
        "wrong-allow": "405 on /shelves lists PUT, which is not declared",
        "nul-crash": "POST /shelves/{shelf_id}/books ends in a 500 when the title has a NUL byte",
    }
)
ALL = frozenset(PLANTED)

UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
UUID_SCHEMA = {"format": "uuid"}
ShelfId = Annotated[str, Path(pattern=UUID, json_schema_extra=UUID_SCHEMA)]
BookId = Annotated[str, Path(pattern=UUID, json_schema_extra=UUID_SCHEMA)]
Id = Annotated[str, Field(pattern=UUID, json_schema_extra=UUID_SCHEMA)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Limit = Annotated[int, Query(ge=0, le=100)]
Offset = Annotated[int, Query(ge=0, le=1000)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewShelf(Closed):
    name: Name
    floor: Annotated[StrictInt, Field(ge=-2, le=20)] = 0


class ShelfChange(Closed):
    # A factory, so that the schema shows no default: what is not sent is not touched.
    name: Name = Field(default_factory=str)
    floor: Annotated[StrictInt, Field(ge=-2, le=20)] = Field(default_factory=int)


class Shelf(Closed):
    id: Id
    name: Name
    floor: int
    created_at: datetime


class Shelves(Closed):
    items: list[Shelf]
    total: int


class NewBook(Closed):
    title: Annotated[str, Field(min_length=1, max_length=200)]
    pages: Annotated[StrictInt, Field(ge=1, le=5000)]
    subtitle: Annotated[str, Field(max_length=200)] | None = None
    language: Literal["en", "fr", "de"] = "en"


class BookChange(Closed):
    title: Annotated[str, Field(min_length=1, max_length=200)] = Field(default_factory=str)
    subtitle: Annotated[str, Field(max_length=200)] | None = Field(default_factory=lambda: None)


class Book(Closed):
    id: Id
    shelf_id: Id
    title: str
    pages: int
    subtitle: str | None
    language: Literal["en", "fr", "de"]


class Books(Closed):
    items: list[Book]
    total: int


class NewLoan(Closed):
    reader: Name
    days: Annotated[StrictInt, Field(ge=1, le=28)]


class Loan(Closed):
    id: Id
    book_id: Id
    reader: Name
    days: int


class FieldProblem(Closed):
    name: str
    problem: str


class Problem(Closed):
    """Every error of the library."""

    code: int
    message: str
    fields: list[FieldProblem]


WORDS = {400: "Malformed", 404: "Unknown", 415: "Not JSON", 422: "Invalid"}


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": Problem, "description": WORDS[code]} for code in codes}


def render(refusal: Refusal, scope: Scope) -> Response:
    fields = [{"name": name, "problem": problem} for name, problem in refusal.fields]
    content = {"code": refusal.status, "message": refusal.message, "fields": fields}
    return JSONResponse(content, refusal.status, refusal.headers)


def build(faults: frozenset[str] = ALL) -> FastAPI:
    """The application with ``faults``, slugs of PLANTED; it starts empty."""
    shelves: dict[str, dict[str, Any]] = {}
    books: dict[str, dict[str, Any]] = {}
    app = FastAPI(title="Library", version="1.4.0", docs_url=None, redoc_url=None)
    app.router.route_class = exact_route()

    def shelf(shelf_id: str) -> dict[str, Any]:
        if shelf_id.lower() not in shelves:
            raise Refusal(404, "there is no such shelf")
        return shelves[shelf_id.lower()]

    def book(shelf_id: str, book_id: str) -> dict[str, Any]:
        found = books.get(book_id.lower())
        if found is None or found["shelf_id"] != shelf(shelf_id)["id"]:
            raise Refusal(404, "there is no such book on this shelf")
        return found

    def of(shelf_id: str) -> list[dict[str, Any]]:
        own = shelf(shelf_id)["id"]
        return [each for each in books.values() if each["shelf_id"] == own]

    @app.get("/shelves", response_model=Shelves, responses=problems(422))
    async def list_shelves(
        limit: Limit = 20, offset: Offset = 0, order: Literal["name", "newest"] = "name"
    ):
        if order == "newest" and "teapot" in faults:
            raise Refusal(418, "short and stout")
        key = "created_at" if order == "newest" else "name"
        found = sorted(shelves.values(), key=lambda each: each[key], reverse=order == "newest")
        return {"items": found[offset : offset + limit], "total": len(found)}

    @app.post("/shelves", status_code=201, response_model=Shelf, responses=problems(400, 415, 422))
    async def create_shelf(body: NewShelf):
        made = {"id": str(uuid4()), "created_at": datetime.now(UTC), **body.model_dump()}
        shelves[made["id"]] = made
        return made

    @app.get("/shelves/{shelf_id}", response_model=Shelf, responses=problems(404, 422))
    async def read_shelf(shelf_id: ShelfId):
        return shelf(shelf_id)

    @app.patch("/shelves/{shelf_id}", response_model=Shelf, responses=problems(400, 404, 415, 422))
    async def change_shelf(shelf_id: ShelfId, body: ShelfChange):
        shelf(shelf_id).update(body.model_dump(exclude_unset=True))
        return shelf(shelf_id)

    @app.delete("/shelves/{shelf_id}", status_code=204, responses=problems(404, 422))
    async def delete_shelf(shelf_id: ShelfId):
        for each in of(shelf_id):
            del books[each["id"]]
        del shelves[shelf(shelf_id)["id"]]

    @app.get("/shelves/{shelf_id}/books", response_model=Books, responses=problems(404, 422))
    async def list_books(shelf_id: ShelfId, limit: Limit = 20, offset: Offset = 0):
        found = of(shelf_id)
        return {"items": found[offset : offset + limit], "total": len(found)}

    @app.post(
        "/shelves/{shelf_id}/books",
        status_code=201,
        response_model=Book,
        responses=problems(400, 404, 415, 422),
    )
    async def create_book(shelf_id: ShelfId, body: NewBook):
        if "\0" in body.title and "nul-crash" in faults:
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        made = {"id": str(uuid4()), "shelf_id": shelf(shelf_id)["id"], **body.model_dump()}
        books[made["id"]] = made
        return made

    @app.get(
        "/shelves/{shelf_id}/books/{book_id}", response_model=Book, responses=problems(404, 422)
    )
    async def read_book(shelf_id: ShelfId, book_id: BookId):
        return book(shelf_id, book_id)

    @app.patch(
        "/shelves/{shelf_id}/books/{book_id}",
        response_model=Book,
        responses=problems(400, 404, 415, 422),
    )
    async def change_book(shelf_id: ShelfId, book_id: BookId, body: BookChange):
        book(shelf_id, book_id).update(body.model_dump(exclude_unset=True))
        return book(shelf_id, book_id)

    @app.delete(
        "/shelves/{shelf_id}/books/{book_id}", status_code=204, responses=problems(404, 422)
    )
    async def delete_book(shelf_id: ShelfId, book_id: BookId):
        del books[book(shelf_id, book_id)["id"]]

    @app.post(
        "/shelves/{shelf_id}/books/{book_id}/loans",
        status_code=201,
        response_model=Loan,
        responses=problems(400, 404, 415, 422),
    )
    async def lend_book(shelf_id: ShelfId, book_id: BookId, body: NewLoan):
        lent = book(shelf_id, book_id)
        return {"id": str(uuid4()), "book_id": lent["id"], **body.model_dump()}

    @app.get("/search", response_model=Books, responses=problems(422))
    async def search(limit: Limit, offset: Offset, q: Annotated[str, Query(max_length=100)] = ""):
        if limit >= 1 and offset > 50 and "search-crash" in faults:
            raise RuntimeError("division by zero")
        found = [each for each in books.values() if q in each["title"]]
        return {"items": found[offset : offset + limit], "total": len(found)}

    def rendered(refusal: Refusal, scope: Scope) -> Response:
        route = (scope.get("method"), scope.get("path"))
        if refusal.status == 400 and route == ("POST", "/shelves") and "second-shape" in faults:
            return JSONResponse({"error": refusal.message}, 400)
        return render(refusal, scope)

    lies = {"/shelves": "GET, POST, PUT"} if "wrong-allow" in faults else {}
    install(app, rendered, lies=lies)
    return app


app = build()
clean = build(frozenset())
