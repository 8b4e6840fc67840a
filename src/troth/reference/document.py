"""The OpenAPI document: FastAPI's, corrected to say exactly what each operation can answer."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from troth.reference.problems import DETAILS, MEDIA_TYPE, Problem
from troth.reference.routes import Contract, contract_of

_INTEGER = {"type": "integer", "minimum": 0}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Correlation-Id": {
        "description": "Joins this response to the service's log.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{8,64}$"},
    },
    "RateLimit-Limit": {"description": "Requests a minute.", "required": True, "schema": _INTEGER},
    "RateLimit-Remaining": {"description": "What is left.", "required": True, "schema": _INTEGER},
    "RateLimit-Reset": {"description": "Seconds to go.", "required": True, "schema": _INTEGER},
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": _INTEGER},
    "WWW-Authenticate": {
        "description": "The challenge (RFC 6750).",
        "required": True,
        "schema": {"type": "string", "pattern": "^Bearer "},
    },
    "Location": {
        "description": "Where the new thing is.",
        "required": True,
        "schema": {"type": "string", "pattern": "^/api/v1/"},
    },
    "ETag": {
        "description": "The version of the thing.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"v[0-9]+"$'},
    },
    "Cache-Control": {
        "description": "How long it may be kept.",
        "required": True,
        "schema": {"type": "string"},
    },
}
_RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_ON = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


def build(app: FastAPI) -> dict[str, Any]:
    """The document of `app`, with whatever routers it has."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    contracts = {
        route.operation_id: contract
        for route in iter_route_contexts(app.routes)
        if (contract := contract_of(route.endpoint)) is not None
    }
    for operation in _operations(document):
        contract = contracts.get(operation["operationId"])
        if contract is not None:
            _correct(operation, contract)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    components["headers"] = HEADERS
    components["securitySchemes"] = {
        "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    _drop_null_defaults(document)
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()


def possible(operation: dict[str, Any], contract: Contract) -> dict[int, str]:
    """Each error that the operation can answer, and when."""
    errors: dict[int, str] = {}
    if contract.access != "public":
        errors |= {401: DETAILS[401], 429: DETAILS[429]}
    if contract.access in ("writers", "admins"):
        errors[403] = DETAILS[403]
    if "requestBody" in operation:
        errors |= {status: DETAILS[status] for status in (400, 413, 415, 422)}
    if operation.get("parameters"):
        errors[422] = DETAILS[422]
    return dict(sorted((errors | dict(contract.errors)).items()))


def _correct(operation: dict[str, Any], contract: Contract) -> None:
    operation["security"] = [] if contract.access == "public" else [{"bearerAuth": []}]
    # FastAPI's blanket 422 goes, whatever the operation: ours follow from what it takes.
    responses = {
        status: response
        for status, response in operation["responses"].items()
        if status.startswith("2")
    }
    for status, description in contract.also.items():
        first = next(iter(responses.values()))
        responses[str(status)] = {**first, "description": description}
    for response in responses.values():
        response["headers"] = _headers(*contract.headers)
        if contract.links:
            response["links"] = {
                name: {"operationId": name, "parameters": dict(parameters)}
                for name, parameters in contract.links.items()
            }
    for status, description in possible(operation, contract).items():
        responses[str(status)] = {
            "description": description,
            "headers": _headers(*_ON.get(status, ())),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    for code, response in responses.items():
        counted = contract.access != "public" and code != "401"
        if counted or int(code) in contract.counted:
            response["headers"] |= _headers(*_RATE)
    operation["responses"] = responses


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Correlation-Id", *names)}


def _drop_null_defaults(node: Any) -> None:
    # An optional field that may not be null has no default that its own schema would take.
    if isinstance(node, dict):
        if "default" in node and node["default"] is None:
            del node["default"]
        for each in node.values():
            _drop_null_defaults(each)
    elif isinstance(node, list):
        for each in node:
            _drop_null_defaults(each)
