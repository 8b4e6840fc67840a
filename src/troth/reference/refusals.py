"""Turns what FastAPI, Starlette, the database and Redis raise into problems that echo nothing."""

import re
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from troth.reference.problems import KINDS, FieldError, Location, ProblemError, render
from troth.reference.trace import trace_of
from troth.reference.unreachable import RETRY, UNREACHABLE

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
_MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "string_type": "must be a string",
    "string_unicode": "must be well-formed Unicode",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "does not match its pattern",
    "int_type": "must be an integer",
    "int_parsing": "must be an integer",
    "bool_type": "must be a boolean",
    "list_type": "must be an array",
    "too_long": "has too many items",
    "too_short": "has too few items",
    "literal_error": "is not one of the allowed values",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "dict_type": "must be an object",
}


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One refused field, from one of pydantic's errors, without the value that was sent."""
    where, *path = error["loc"]
    steps = [
        str(step) if isinstance(step, int) or _NAME.fullmatch(str(step)) else "(unnamed)"
        for step in path
    ]
    return FieldError(
        field=".".join(steps)[:200] or str(where),
        location=cast("Location", where if where in ("query", "path", "header") else "body"),
        message=_MESSAGES.get(error["type"], "is not valid"),
    )


def _validation(request: Request, exc: Exception) -> Response:
    errors = cast("RequestValidationError", exc).errors()
    problem = ProblemError(422, errors=[field_error(error) for error in errors[:50]])
    return render(problem, trace_of(request.scope).correlation_id)


def _problem(request: Request, exc: Exception) -> Response:
    return render(cast("ProblemError", exc), trace_of(request.scope).correlation_id)


def _http(request: Request, exc: Exception) -> Response:
    error = cast("HTTPException", exc)
    status = error.status_code if error.status_code in KINDS else 400
    return render(
        ProblemError(status, headers=error.headers), trace_of(request.scope).correlation_id
    )


def _unavailable(request: Request, exc: Exception) -> Response:
    trace = trace_of(request.scope)
    trace.fault = type(exc).__name__
    return render(ProblemError(503, headers=RETRY), trace.correlation_id)


def install(app: FastAPI) -> None:
    """Register the translations."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in UNREACHABLE:
        app.add_exception_handler(kind, _unavailable)
