"""The OpenAPI document: FastAPI's, corrected to say exactly what each operation can answer."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from troth.reference import examples, links, sockets
from troth.reference.components import named, tidy
from troth.reference.domain.access import KEY_DETAIL, KEY_HEADER
from troth.reference.events import MEDIA_TYPE as EVENTS
from troth.reference.problems import DETAILS, MEDIA_TYPE, Problem
from troth.reference.response_headers import ON_STATUS, RATE, Everywhere
from troth.reference.routes import Contract, contract_of
from troth.reference.schemas.streams import BREAK

_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "public": [],
    "keys": [{"apiKeyAuth": []}],
}


def build(app: FastAPI) -> dict[str, Any]:
    """The document of `app`, with whatever routers it has."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.2.0",
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    contracts = {
        route.operation_id: contract
        for route in iter_route_contexts(app.routes)
        if (contract := contract_of(route.endpoint)) is not None
    }
    settings = app.state.platform.settings
    headers = Everywhere(cors=bool(settings.cors_origins), timed=settings.server_timing)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    operations = {
        (path, method): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    for (path, method), operation in operations.items():
        contract = contracts.get(operation["operationId"])
        if contract is not None:
            followers = dict(links.following(operations, path, method, contract.ids))
            _correct(operation, contract, followers, schemas, headers)
    for route in iter_route_contexts(app.routes):
        socket = sockets.socket_of(route.endpoint)
        if socket is not None and route.path_format is not None:
            item = document["paths"].setdefault(route.path_format, {})
            item["x-websocket"] = sockets.described(socket, schemas)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    named(Problem, schemas)
    components["headers"] = headers.components()
    components["securitySchemes"] = {
        "bearerAuth": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token of a session, or of a service account.",
        },
        "apiKeyAuth": {
            "type": "apiKey",
            "in": "header",
            "name": KEY_HEADER,
            "description": "The key of an owner of agent sessions.",
        },
    }
    tidy(document["paths"])
    tidy(schemas)
    for operation in operations.values():
        examples.give(operation, schemas)
    return document


def possible(operation: dict[str, Any], contract: Contract) -> dict[int, str]:
    """Each error that the operation can answer, and when."""
    errors: dict[int, str] = {}
    if contract.access != "public":
        lacking = KEY_DETAIL if contract.access == "keys" else DETAILS[401]
        errors |= {401: lacking, 429: DETAILS[429]}
    if contract.needs_database:
        errors[503] = DETAILS[503]
    if contract.scope is not None or contract.access in ("writers", "admins", "operators"):
        errors[403] = DETAILS[403]
    if "requestBody" in operation and contract.accepts != "application/json":
        errors[413] = DETAILS[413]
    elif "requestBody" in operation:
        errors |= {status: DETAILS[status] for status in (400, 413, 415, 422)}
    if operation.get("parameters"):
        errors[422] = DETAILS[422]
    return dict(sorted((errors | dict(contract.errors)).items()))


def _correct(
    operation: dict[str, Any],
    contract: Contract,
    followers: dict[str, dict[str, str]],
    components: dict[str, Any],
    headers: Everywhere,
) -> None:
    operation["security"] = _SECURITY.get(contract.access, [{"bearerAuth": []}])
    # FastAPI's blanket 422 goes, whatever the operation: ours follow from what it takes.
    responses = {
        status: response
        for status, response in operation["responses"].items()
        if status.startswith("2") or status == "304"
    }
    first = next(iter(responses.values()))
    for status, description in contract.also.items():
        responses[str(status)] = {**first, "description": description}
    sent = [*contract.headers]
    if contract.events:
        stream: dict[str, Any] = {"itemSchema": _items(contract.events, components)}
        if contract.order:
            stream["x-event-order"] = contract.order
        # Comes at any place in that order, and nothing follows.
        stream["x-event-break"] = BREAK
        responses["200"]["content"] = {EVENTS: stream}
        sent.append("X-Accel-Buffering")
    leading = {**followers, **contract.links}
    for code, response in responses.items():
        rate = RATE if _counted(contract, code) else ()
        response["headers"] = headers.of((*sent, *rate))
        # Links are of what the operation makes: another success of another shape has none.
        if leading and response.get("content") == first.get("content"):
            response["links"] = {
                name: {"operationId": name, "parameters": dict(parameters)}
                for name, parameters in leading.items()
            }
    for status, description in possible(operation, contract).items():
        names = ON_STATUS.get(status, ())
        rate = RATE if _counted(contract, str(status)) else ()
        # Whether the database is away is found out before the request is counted, or after.
        sure, perhaps = (rate, ()) if status != 503 else ((), RATE if _counts(contract) else ())
        responses[str(status)] = {
            "description": description,
            "headers": headers.of((*names, *sure), perhaps),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"] = responses


def _counts(contract: Contract) -> bool:
    return contract.access != "public" or bool(contract.counted)


def _counted(contract: Contract, status: str) -> bool:
    return (contract.access != "public" and status != "401") or int(status) in contract.counted


def _items(events: Mapping[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The schema of one event, as OpenAPI 3.2 describes event streams (section 4.14.4)."""
    return {"oneOf": [_item(name, data, components) for name, data in events.items()]}


def _item(name: str, data: Any, components: dict[str, Any]) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    if isinstance(data, str):
        text["const"] = data
    else:
        schema = named(data, components)
        text |= {"contentMediaType": "application/json", "contentSchema": schema}
    return {
        "type": "object",
        "properties": {"event": {"const": name}, "data": text, "id": {"type": "string"}},
        "required": ["event", "data"],
    }
