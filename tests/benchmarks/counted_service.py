"""A small service behind a bearer token, for the benchmark's own tests."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
from pydantic import BaseModel

app = FastAPI(title="counted", version="1")
bearer = HTTPBearer()


class Login(BaseModel):
    name: str
    password: str


class Item(BaseModel):
    title: str


@app.post("/login", operation_id="login")
def login(given: Login) -> dict[str, str]:
    if given.password != "open sesame":
        raise HTTPException(401)
    return {"access_token": "token-of-" + given.name}


@app.get("/items", dependencies=[Depends(bearer)])
def items(limit: int = 10) -> list[Item]:
    return [Item(title=str(number)) for number in range(min(max(limit, 0), 100))]


@app.get("/items/newest")
def newest() -> Item:
    return Item(title="newest")


@app.get("/items/{number}")
def item(number: int, credential: Annotated[object, Depends(bearer)]) -> Item:
    if number != 7:
        raise HTTPException(404)
    return Item(title="seven")
