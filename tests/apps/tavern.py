"""A service with accounts, as FastAPI describes one: sign-up, an OAuth2 form, notes, orders.

It counts what it is asked, so that a test can see that nothing was written to it, and that what
would wipe it was let alone.
"""

import itertools
import secrets
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field

FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["username", "password"],
                    "properties": {
                        "grant_type": {"type": "string", "pattern": "^password$"},
                        "username": {"type": "string"},
                        "password": {"type": "string", "format": "password"},
                    },
                }
            }
        },
    }
}
REFUSED = {401: {"description": "Nobody we know."}}
WANTED = {"carl": "beer-and-bread", "dora": "wine-and-wood"}


class Joining(BaseModel):
    """Who wants an account."""

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=80)
    username: str = Field(min_length=1, max_length=60)
    password: str = Field(min_length=8, max_length=100)


class Member(BaseModel):
    """Who has one."""

    username: str


class Token(BaseModel):
    """What a login answers."""

    jwt: str
    token_type: str = "bearer"


class Wish(BaseModel):
    """What is ordered."""

    dish: str = Field(min_length=1, max_length=50)


class Order(BaseModel):
    """An order on its way."""

    id: int
    dish: str
    status: Literal["open", "served", "cancelled"]


def build() -> FastAPI:
    """The application; it starts with two members."""
    app = FastAPI(title="The Tavern", version="1.0")
    people = dict(WANTED)
    tokens: dict[str, str] = {}
    orders: dict[int, tuple[str, Order]] = {}
    numbers = itertools.count(1)
    asked: list[str] = []
    bearer = OAuth2PasswordBearer(tokenUrl="/door/token")

    @app.middleware("http")
    async def count(request: Request, call_next):
        asked.append(f"{request.method} {request.url.path}")
        return await call_next(request)

    def member(token: Annotated[str, Depends(bearer)]) -> str:
        if tokens.get(token) not in people:
            raise HTTPException(401, "who are you?", {"WWW-Authenticate": "Bearer"})
        return tokens[token]

    Who = Annotated[str, Depends(member)]  # noqa: N806 - a type

    @app.post("/door/register", status_code=201, tags=["door"])
    def register(body: Joining) -> Member:
        if body.username in people:
            raise HTTPException(409, "that name is taken")
        people[body.username] = body.password
        return Member(username=body.username)

    @app.post("/door/token", tags=["door"], openapi_extra=FORM, responses=REFUSED)
    async def token(request: Request) -> Token:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        name = form.get("username", "")
        if not name or people.get(name) != form.get("password"):
            raise HTTPException(401, "no")
        made = secrets.token_urlsafe(24)
        tokens[made] = name
        return Token(jwt=made)

    @app.get("/me", tags=["members"])
    def me(who: Who) -> Member:
        return Member(username=who)

    @app.delete("/me", status_code=204, tags=["members"])
    def leave(who: Who) -> Response:
        del people[who]
        return Response(status_code=204)

    def own(number: int, who: str) -> Order:
        if orders.get(number, ("",))[0] != who:
            raise HTTPException(404, "no such order")
        return orders[number][1]

    @app.post("/orders", status_code=201, tags=["billing"])
    def order(body: Wish, who: Who) -> Order:
        made = Order(id=next(numbers), dish=body.dish, status="open")
        orders[made.id] = (who, made)
        return made

    @app.get("/orders", tags=["billing"])
    def listed(who: Who, limit: int = 10, offset: int = 0) -> list[Order]:
        return [each for owner, each in orders.values() if owner == who][offset:][:limit]

    @app.get("/orders/{order_id}", tags=["billing"])
    def shown(order_id: int, who: Who) -> Order:
        return own(order_id, who)

    @app.post("/orders/{order_id}/cancel", tags=["billing"])
    def cancel(order_id: int, who: Who) -> Order:
        found = own(order_id, who)
        found.status = "cancelled"
        return found

    @app.get("/reset", summary="Resets the whole database", tags=["cellar"])
    def reset() -> Member:
        people.clear()
        return Member(username="")

    @app.get("/asked", include_in_schema=False)
    def seen() -> list[str]:
        return asked

    return app


app = build()
build_again = build()
