"""A depot's orders: slugs for ids, `data` and `meta`, cursors, versions, opaque tokens, states.

As unlike the reference service as can be: nobody signs up, a key is changed for a token, and what
is wrong with it is said by DEPOT_FAULTS, slugs of PLANTED with commas between them.
"""

import base64
import itertools
import json
import os
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import FastAPI, Header, Path, Query, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from starlette.types import Scope

from tests.apps.exact import Refusal, exact_route, install

PLANTED: Mapping[str, str] = MappingProxyType(
    {
        "patch-wipes": "PATCH of an order forgets what it was not sent",
        "delete-does-nothing": "DELETE of a site answers 204, and the site stays",
        "zero-is-lost": "an order of weight 0 reads back as null",
        "long-note-shuts-list": "an order with a note over 150 characters ends its list in a 500",
        "boundary-row": "the first order behind a cursor is left out",
        "cursor-ignored": "each page of sites is the first",
        "draft-ships": "a draft is shipped before it is placed",
        "cancel-is-forgotten": "a cancelled order answers so, and is placed when it is read",
        "logout-spares": "a token is good after the logout",
        "renewal-lives": "a renewal token is taken again after its use",
    }
)
KEYS = ("DEPOT_KEY_NORTH", "DEPOT_KEY_SOUTH")
"""The environment variables with the keys of two depots."""
FAULTS = "DEPOT_FAULTS"

OrderId = Annotated[str, Path(pattern=r"^ord_[a-z0-9]{10}$")]
SiteId = Annotated[str, Path(pattern=r"^sit_[a-z0-9]{10}$")]
Size = Annotated[int, Query(ge=1, le=40)]
After = Annotated[str | None, Query(min_length=1, max_length=60)]
IfMatch = Annotated[str | None, Header(max_length=200, description="The version it must have.")]
Note = Annotated[str, Field(max_length=200)]
Weight = Annotated[StrictInt, Field(ge=0, le=100_000)]
State = Literal["draft", "placed", "shipped", "cancelled"]
Item = TypeVar("Item")


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Meta(Wire):
    next: str | None


class One(Wire, Generic[Item]):
    """The envelope of one thing."""

    data: Item


class Many(Wire, Generic[Item]):
    """The envelope of a page."""

    data: list[Item]
    meta: Meta


class NewSession(Wire):
    key: Annotated[str, Field(min_length=1, max_length=200)]


class Renewal(Wire):
    renewal: Annotated[str, Field(min_length=1, max_length=200)]


class Session(Wire):
    token: str
    renewal: str


class NewSite(Wire):
    label: Annotated[str, Field(min_length=1, max_length=60)]


class Site(NewSite):
    site_id: Annotated[str, Field(pattern=r"^sit_[a-z0-9]{10}$")]


class NewOrder(Wire):
    site_id: Annotated[str, Field(pattern=r"^sit_[a-z0-9]{10}$")]
    weight: Weight = 1
    note: Note = ""


class OrderChange(Wire):
    weight: Weight = 1
    note: Note = ""


class Order(Wire):
    order_id: Annotated[str, Field(pattern=r"^ord_[a-z0-9]{10}$")]
    site_id: str
    weight: int | None
    note: str
    state: State
    version: Annotated[int, Field(ge=1)]


class Problem(Wire):
    """The envelope of every error."""

    status: int
    reason: str
    where: list[str]


WORDS = {
    400: "malformed",
    401: "who?",
    404: "unknown",
    409: "not in this state",
    412: "changed meanwhile",
    415: "not JSON",
    422: "invalid",
}
PUBLIC = frozenset({"openSession", "renewSession"})
READ = (401, 404, 422)
WRITE = (400, 401, 404, 415, 422)
TAG = {"ETag": {"required": True, "schema": {"type": "string"}}}


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": Problem, "description": WORDS[code]} for code in codes}


def tagged(*codes: int, success: int = 200) -> dict[int | str, dict[str, Any]]:
    return {**errors(*codes), success: {"description": "It, with its version.", "headers": TAG}}


def render(refusal: Refusal, _: Scope) -> Response:
    where = [f"{field}: {reason}" for field, reason in refusal.fields]
    content = {"status": refusal.status, "reason": refusal.message, "where": where}
    return JSONResponse(content, refusal.status, refusal.headers)


def build(faults: frozenset[str] = frozenset()) -> FastAPI:
    """The application with ``faults``; it starts empty."""
    assert faults <= PLANTED.keys(), faults - PLANTED.keys()
    depots = {os.environ[name]: name for name in KEYS if name in os.environ}
    tokens: dict[str, tuple[str, str]] = {}
    renewals: dict[str, tuple[str, str]] = {}
    sites: dict[str, dict[str, Any]] = {}
    orders: dict[str, dict[str, Any]] = {}
    numbers = itertools.count(1)
    secured = {"dependencies": [Security(HTTPBearer(scheme_name="session", auto_error=False))]}

    def who(request: Request) -> tuple[str, str]:
        """The depot, and the session."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token not in tokens:
            raise Refusal(401, WORDS[401], headers={"WWW-Authenticate": "Bearer"})
        return tokens[token]

    def guard(request: Request, route: APIRoute) -> None:
        if route.operation_id not in PUBLIC:
            request.state.depot, request.state.session = who(request)

    app = FastAPI(title="Depot", version="7", docs_url=None, redoc_url=None)
    app.router.route_class = exact_route(guard)

    def session(depot: str, family: str) -> dict[str, Any]:
        token, renewal = (f"{each}_{secrets.token_urlsafe(24)}" for each in ("tok", "ren"))
        tokens[token] = renewals[renewal] = (depot, family)
        return {"data": {"token": token, "renewal": renewal}}

    def new_id(prefix: str) -> str:
        text = base64.b32encode(secrets.token_bytes(5) + next(numbers).to_bytes(3)).decode()
        return f"{prefix}_{text.lower()[:10].replace('=', '0')}"

    def found(things: dict[str, dict[str, Any]], id_: str, request: Request) -> dict[str, Any]:
        thing = things.get(id_)
        if thing is None or thing["depot"] != request.state.depot:
            raise Refusal(404, WORDS[404])
        return thing

    def shown(thing: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in thing.items() if name not in {"depot", "at"}}

    def page(
        things: dict[str, dict[str, Any]],
        request: Request,
        size: int,
        after: str | None,
        skip: int = 0,
    ) -> dict[str, Any]:
        behind = 0
        if after is not None:
            try:
                behind = int(json.loads(base64.urlsafe_b64decode(after.encode()))["at"])
            except (ValueError, KeyError, TypeError, RecursionError):
                fields = [("after", "is no cursor of this service")]
                raise Refusal(422, WORDS[422], fields) from None
        mine = [each for each in things.values() if each["depot"] == request.state.depot]
        left = [each for each in mine if each["at"] > behind][skip if after else 0 :]
        cut = left[:size]
        following = None
        if len(left) > size:
            cursor = json.dumps({"at": cut[-1]["at"]}).encode()
            following = base64.urlsafe_b64encode(cursor).decode()
        return {"data": [shown(each) for each in cut], "meta": {"next": following}}

    @app.post(
        "/sessions",
        operation_id="openSession",
        status_code=201,
        response_model=One[Session],
        responses=errors(400, 401, 415, 422),
    )
    async def open_session(body: NewSession):
        if body.key not in depots:
            raise Refusal(401, WORDS[401], headers={"WWW-Authenticate": "Bearer"})
        return session(depots[body.key], secrets.token_hex(8))

    @app.post(
        "/sessions/renewal",
        operation_id="renewSession",
        response_model=One[Session],
        responses=errors(400, 401, 415, 422),
    )
    async def renew_session(body: Renewal):
        if body.renewal not in renewals:
            raise Refusal(401, WORDS[401], headers={"WWW-Authenticate": "Bearer"})
        owner = renewals[body.renewal]
        if "renewal-lives" not in faults:
            del renewals[body.renewal]
        return session(*owner)

    @app.delete(
        "/sessions/current",
        operation_id="closeSession",
        status_code=204,
        responses=errors(401),
        **secured,
    )
    async def close_session(request: Request):
        for known in (tokens, renewals):
            ended = [each for each, owner in known.items() if owner[1] == request.state.session]
            for each in ended:
                if known is renewals or "logout-spares" not in faults:
                    del known[each]

    @app.post(
        "/sites",
        operation_id="addSite",
        status_code=201,
        response_model=One[Site],
        responses=errors(400, 401, 415, 422),
        **secured,
    )
    async def add_site(body: NewSite, request: Request):
        made = {"site_id": new_id("sit"), **body.model_dump(), "depot": request.state.depot}
        sites[made["site_id"]] = {**made, "at": next(numbers)}
        return {"data": shown(made)}

    @app.get(
        "/sites",
        operation_id="listSites",
        response_model=Many[Site],
        responses=errors(401, 422),
        **secured,
    )
    async def list_sites(request: Request, size: Size = 10, after: After = None):
        if after is not None and "cursor-ignored" in faults:
            page(sites, request, size, after)
            after = None
        return page(sites, request, size, after)

    @app.get(
        "/sites/{site_id}",
        operation_id="readSite",
        response_model=One[Site],
        responses=errors(*READ),
        **secured,
    )
    async def read_site(site_id: SiteId, request: Request):
        return {"data": shown(found(sites, site_id, request))}

    @app.delete(
        "/sites/{site_id}",
        operation_id="closeSite",
        status_code=204,
        responses=errors(*READ),
        **secured,
    )
    async def close_site(site_id: SiteId, request: Request):
        found(sites, site_id, request)
        if "delete-does-nothing" not in faults:
            del sites[site_id]

    @app.post(
        "/orders",
        operation_id="draftOrder",
        status_code=201,
        response_model=One[Order],
        responses=tagged(*WRITE, success=201),
        **secured,
    )
    async def draft_order(body: NewOrder, request: Request, response: Response):
        found(sites, body.site_id, request)
        made = {"order_id": new_id("ord"), **body.model_dump(), "state": "draft", "version": 1}
        if "zero-is-lost" in faults:
            made["weight"] = made["weight"] or None
        orders[made["order_id"]] = {**made, "depot": request.state.depot, "at": next(numbers)}
        response.headers["ETag"] = '"1"'
        return {"data": made}

    @app.get(
        "/orders",
        operation_id="listOrders",
        response_model=Many[Order],
        responses=errors(401, 422),
        **secured,
    )
    async def list_orders(request: Request, size: Size = 10, after: After = None):
        told = page(orders, request, size, after, skip=int("boundary-row" in faults))
        if any(len(each["note"]) > 150 for each in told["data"]):
            assert "long-note-shuts-list" not in faults
        return told

    @app.get(
        "/orders/{order_id}",
        operation_id="readOrder",
        response_model=One[Order],
        responses={**tagged(*READ), 304: {"description": "It has this version.", "headers": TAG}},
        **secured,
    )
    async def read_order(
        order_id: OrderId, request: Request, response: Response, if_none_match: IfMatch = None
    ):
        order = found(orders, order_id, request)
        tag = f'"{order["version"]}"'
        tags = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
        if {"*", tag} & set(tags):
            return Response(status_code=304, headers={"ETag": tag})
        return told(order, response)

    def told(order: Mapping[str, Any], response: Response) -> dict[str, Any]:
        response.headers["ETag"] = f'"{order["version"]}"'
        return {"data": shown(order)}

    def unchanged(order: Mapping[str, Any], if_match: str | None) -> None:
        tags = [each.strip() for each in (if_match or "*").split(",")]
        if "*" not in tags and f'"{order["version"]}"' not in tags:
            raise Refusal(412, WORDS[412])

    def change(order: dict[str, Any], members: Mapping[str, Any]) -> None:
        order.update(members, version=order["version"] + 1)

    @app.patch(
        "/orders/{order_id}",
        operation_id="changeOrder",
        response_model=One[Order],
        responses=tagged(*WRITE, 412),
        **secured,
    )
    async def change_order(
        order_id: OrderId,
        body: OrderChange,
        request: Request,
        response: Response,
        if_match: IfMatch = None,
    ):
        order = found(orders, order_id, request)
        unchanged(order, if_match)
        change(order, body.model_dump(exclude_unset="patch-wipes" not in faults))
        return told(order, response)

    @app.delete(
        "/orders/{order_id}",
        operation_id="dropOrder",
        status_code=204,
        responses=errors(*READ, 412),
        **secured,
    )
    async def drop_order(order_id: OrderId, request: Request, if_match: IfMatch = None):
        unchanged(found(orders, order_id, request), if_match)
        del orders[order_id]

    def event(name: str, wanted: dict[str, str]) -> None:
        @app.post(
            f"/orders/{{order_id}}/{name}",
            operation_id=f"{name}Order",
            response_model=One[Order],
            responses=errors(401, 404, 409, 422),
            **secured,
        )
        async def happen(order_id: OrderId, request: Request):
            order = found(orders, order_id, request)
            if order["state"] not in wanted:
                raise Refusal(409, WORDS[409])
            now = wanted[order["state"]]
            if now == "cancelled" and "cancel-is-forgotten" in faults:
                return {"data": {**shown(order), "state": now}}
            change(order, {"state": now})
            return {"data": shown(order)}

    event("place", {"draft": "placed"})
    early = {"draft": "shipped"} if "draft-ships" in faults else {}
    event("ship", {"placed": "shipped", **early})
    event("cancel", {"draft": "cancelled", "placed": "cancelled"})
    install(app, render)
    return app


app = build(frozenset(filter(None, os.environ.get(FAULTS, "").split(","))))
