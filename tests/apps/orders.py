"""Customers and their orders: an API key, camelCase, integer ids; faults on request."""

import hmac
import itertools
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import FastAPI, Path, Query, Request, Response, Security
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from pydantic.alias_generators import to_camel
from starlette.types import Scope

from tests.apps.exact import Refusal, exact_route, install

PLANTED: Mapping[str, str] = MappingProxyType(
    {
        "quantity-crash": "POST /orders ends in a 500 when a line has a quantity over 500",
        "second-cancel": "POST /orders/{orderId}/cancel answers 409 the second time",
        "plain-404": "GET /orders/{orderId} answers an unknown id in text/plain",
        "wrong-allow": "405 on /orders/{orderId} lists GET alone, without PATCH and DELETE",
        "nul-crash": "GET /customers ends in a 500 when the name has a NUL byte",
        "open-statistics": "GET /statistics is declared secured and serves anybody",
        "lax-currency": "GET /reports/sales does without its required currency",
    }
)
ALL = frozenset(PLANTED)
KEY = "ORDERS_KEY"
"""The environment variable that holds the key; the service refuses everybody without it."""

OrderId = Annotated[int, Path(ge=1, alias="orderId")]
CustomerId = Annotated[int, Path(ge=1, alias="customerId")]
Page = Annotated[int, Query(ge=1, le=10_000)]
PageSize = Annotated[int, Query(ge=1, le=100, alias="pageSize")]
Currency = Literal["EUR", "USD", "CHF"]
State = Literal["open", "cancelled"]
Item = TypeVar("Item")


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=False)


class Data(Wire, Generic[Item]):
    """The envelope of every success."""

    data: Item


class NewCustomer(Wire):
    full_name: Annotated[str, Field(min_length=1, max_length=100)]
    loyalty_points: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = 0


class Customer(Wire):
    id: Annotated[int, Field(ge=1)]
    full_name: str
    loyalty_points: int


class Line(Wire):
    sku: Annotated[str, Field(pattern=r"^[A-Z]{2}-[0-9]{4}$")]
    quantity: Annotated[StrictInt, Field(ge=1, le=1000)]


class NewOrder(Wire):
    customer_id: Annotated[StrictInt, Field(ge=1)]
    lines: Annotated[list[Line], Field(min_length=1, max_length=20)]
    note: Annotated[str, Field(max_length=500)] | None = None


class OrderChange(Wire):
    note: Annotated[str, Field(max_length=500)] | None


class Order(Wire):
    id: Annotated[int, Field(ge=1)]
    customer_id: Annotated[int, Field(ge=1)]
    lines: list[Line]
    note: str | None
    state: State


class Statistics(Wire):
    order_count: int
    customer_count: int


class Sales(Wire):
    currency: Currency
    total_cents: int


class Health(Wire):
    alive: bool


class Detail(Wire):
    field: str
    reason: str


class Fault(Wire):
    code: str
    message: str
    details: list[Detail]


class Failure(Wire):
    """The envelope of every error."""

    error: Fault


WORDS = {400: "malformed", 401: "noKey", 404: "unknown", 415: "notJson", 422: "invalid"}
PUBLIC = frozenset({"health"})


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": Failure, "description": WORDS[code]} for code in codes}


def render(refusal: Refusal, scope: Scope) -> Response:
    details = [{"field": field, "reason": reason} for field, reason in refusal.fields]
    code = WORDS.get(refusal.status, "failed")
    content = {"error": {"code": code, "message": refusal.message, "details": details}}
    return JSONResponse(content, refusal.status, refusal.headers)


def build(faults: frozenset[str] = ALL) -> FastAPI:
    """The application with ``faults``, slugs of PLANTED; it starts empty."""
    customers: dict[int, dict[str, Any]] = {}
    orders: dict[int, dict[str, Any]] = {}
    numbers = itertools.count(1)
    public = PUBLIC | ({"readStatistics"} if "open-statistics" in faults else frozenset())
    key = Security(APIKeyHeader(name="X-API-Key", scheme_name="key", auto_error=False))
    secured = {"dependencies": [key]}

    def guard(request: Request, route: APIRoute) -> None:
        expected = os.environ.get(KEY, "")
        given = request.headers.get("x-api-key", "")
        known = bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
        if not known and route.operation_id not in public:
            raise Refusal(401, "send a valid X-API-Key", headers={"WWW-Authenticate": "X-API-Key"})

    app = FastAPI(title="Orders", version="2.0", docs_url=None, redoc_url=None)
    app.router.route_class = exact_route(guard)

    def customer(number: int) -> dict[str, Any]:
        if number not in customers:
            raise Refusal(404, "there is no such customer")
        return customers[number]

    def order(number: int) -> dict[str, Any]:
        if number not in orders:
            raise Refusal(404, "there is no such order")
        return orders[number]

    def cut(found: list[dict[str, Any]], page: int, size: int) -> dict[str, Any]:
        return {"data": found[(page - 1) * size : page * size]}

    @app.get("/health", operation_id="health", response_model=Data[Health])
    async def health():
        return {"data": {"alive": True}}

    @app.get(
        "/customers",
        operation_id="listCustomers",
        response_model=Data[list[Customer]],
        responses=errors(401, 422),
        **secured,
    )
    async def list_customers(
        name: Annotated[str, Query(max_length=100)] = "", page: Page = 1, size: PageSize = 20
    ):
        if "\0" in name and "nul-crash" in faults:
            raise ValueError("embedded null character")
        return cut([each for each in customers.values() if name in each["fullName"]], page, size)

    @app.post(
        "/customers",
        operation_id="createCustomer",
        status_code=201,
        response_model=Data[Customer],
        responses=errors(400, 401, 415, 422),
        **secured,
    )
    async def create_customer(body: NewCustomer):
        made = {"id": next(numbers), **body.model_dump(by_alias=True)}
        customers[made["id"]] = made
        return {"data": made}

    @app.get(
        "/customers/{customerId}",
        operation_id="readCustomer",
        response_model=Data[Customer],
        responses=errors(401, 404, 422),
        **secured,
    )
    async def read_customer(number: CustomerId):
        return {"data": customer(number)}

    @app.get(
        "/orders",
        operation_id="listOrders",
        response_model=Data[list[Order]],
        responses=errors(401, 422),
        **secured,
    )
    async def list_orders(state: State = "open", page: Page = 1, size: PageSize = 20):
        return cut([each for each in orders.values() if each["state"] == state], page, size)

    @app.post(
        "/orders",
        operation_id="createOrder",
        status_code=201,
        response_model=Data[Order],
        responses=errors(400, 401, 404, 415, 422),
        **secured,
    )
    async def create_order(body: NewOrder):
        customer(body.customer_id)
        if any(each.quantity > 500 for each in body.lines) and "quantity-crash" in faults:
            raise OverflowError("quantity out of stock range")
        made = {"id": next(numbers), "state": "open", **body.model_dump(by_alias=True)}
        orders[made["id"]] = made
        return {"data": made}

    @app.get(
        "/orders/{orderId}",
        operation_id="readOrder",
        response_model=Data[Order],
        responses=errors(401, 404, 422),
        **secured,
    )
    async def read_order(number: OrderId):
        return {"data": order(number)}

    @app.patch(
        "/orders/{orderId}",
        operation_id="changeOrder",
        response_model=Data[Order],
        responses=errors(400, 401, 404, 415, 422),
        **secured,
    )
    async def change_order(number: OrderId, body: OrderChange):
        order(number).update(body.model_dump(by_alias=True))
        return {"data": order(number)}

    @app.delete(
        "/orders/{orderId}",
        operation_id="deleteOrder",
        status_code=204,
        responses=errors(401, 404, 422),
        **secured,
    )
    async def delete_order(number: OrderId):
        del orders[order(number)["id"]]

    @app.post(
        "/orders/{orderId}/cancel",
        operation_id="cancelOrder",
        response_model=Data[Order],
        responses=errors(401, 404, 422),
        **secured,
    )
    async def cancel_order(number: OrderId):
        if order(number)["state"] == "cancelled" and "second-cancel" in faults:
            raise Refusal(409, "it is cancelled already")
        order(number)["state"] = "cancelled"
        return {"data": order(number)}

    @app.get(
        "/statistics",
        operation_id="readStatistics",
        response_model=Data[Statistics],
        responses=errors(401),
        **secured,
    )
    async def read_statistics():
        return {"data": {"orderCount": len(orders), "customerCount": len(customers)}}

    @app.get(
        "/reports/sales",
        operation_id="reportSales",
        response_model=Data[Sales],
        responses=errors(401, 422),
        **secured,
    )
    async def report_sales(currency: Annotated[Currency, Query()]):
        return {"data": {"currency": currency, "totalCents": 100 * len(orders)}}

    def rendered(refusal: Refusal, scope: Scope) -> Response:
        parts = scope.get("path", "").split("/")
        reading = scope.get("method") == "GET" and parts[1:2] == ["orders"] and len(parts) == 3
        if refusal.status == 404 and reading and "plain-404" in faults:
            return PlainTextResponse("not found", 404)
        return render(refusal, scope)

    lies = {"/orders/{orderId}": "GET"} if "wrong-allow" in faults else {}
    install(app, rendered, lies=lies)
    if "lax-currency" in faults:
        document = app.openapi()  # Kept by FastAPI: the document goes on to say that it is needed.
        assert document["paths"]["/reports/sales"]["get"]["parameters"][0]["required"]
        route = next(each for each in app.routes if each.path == "/reports/sales")
        parameter = route.dependant.query_params[0]
        parameter.field_info.default = "EUR"
    return app


app = build()
clean = build(frozenset())
