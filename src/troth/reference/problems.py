"""The one shape of every error: RFC 9457 problem details with a code and a correlation id."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"

Location = Literal["body", "query", "path", "header"]

KINDS: dict[int, tuple[str, str]] = {
    400: ("malformed_body", "Malformed request body"),
    401: ("unauthenticated", "Authentication required"),
    403: ("forbidden", "Not allowed"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
    409: ("conflict", "Conflict"),
    412: ("precondition_failed", "Precondition failed"),
    413: ("payload_too_large", "Request body too large"),
    415: ("unsupported_media_type", "Unsupported media type"),
    422: ("invalid_request", "Invalid request"),
    429: ("rate_limited", "Too many requests"),
    500: ("internal", "Internal error"),
    503: ("unavailable", "Temporarily unavailable"),
}
DETAILS: dict[int, str] = {
    400: "The body is not one well-formed JSON document in UTF-8.",
    401: "A valid bearer access token is required.",
    403: "Your role does not allow this.",
    404: "There is no such thing here.",
    405: "This method is not defined for this path.",
    409: "The request conflicts with the present state.",
    412: "The resource has changed since the given entity tag.",
    413: "The body is larger than this service takes.",
    415: "The body must be application/json in UTF-8.",
    422: "The request does not satisfy its schema.",
    429: "Too many requests; retry later.",
    500: "An unexpected error occurred.",
    503: "A dependency of this service cannot be reached.",
}


class FieldError(BaseModel):
    """One field that was refused, and why; never its value."""

    model_config = ConfigDict(extra="forbid")

    field: Annotated[str, Field(max_length=200)]
    location: Location
    message: Annotated[str, Field(max_length=200)]


class Problem(BaseModel):
    """Every error of this service."""

    model_config = ConfigDict(extra="forbid")

    type: Annotated[str, Field(pattern=r"^urn:troth:problem:[a-z_]+$")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    code: Annotated[str, Field(json_schema_extra={"enum": [code for code, _ in KINDS.values()]})]
    correlation_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    errors: list[FieldError]


class ProblemError(HTTPException):
    """Raised anywhere below the edge to answer with a problem.

    An HTTPException, for FastAPI takes any other that a body raises for a 400.
    """

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[FieldError] | None = None,
    ) -> None:
        super().__init__(status, detail or DETAILS[status], dict(headers or {}))
        self.status = status
        self.errors = errors or []


def unknown() -> ProblemError:
    """The answer for what does not exist and for what is another's: they cannot be told apart."""
    return ProblemError(404)


def unauthenticated(
    detail: str | None = None, *, error: str | None = None, scheme: str = "Bearer"
) -> ProblemError:
    """A 401 with its challenge (RFC 9110 section 11.6.1, RFC 6750)."""
    challenge = f'{scheme} realm="troth"' + (f', error="{error}"' if error else "")
    return ProblemError(401, detail, headers={"WWW-Authenticate": challenge})


def invalid(field: str, location: Location, message: str) -> ProblemError:
    """A 422 that names one field."""
    return ProblemError(422, errors=[FieldError(field=field, location=location, message=message)])


def body_of(error: ProblemError, correlation_id: str) -> bytes:
    """The problem as JSON."""
    code, title = KINDS[error.status]
    return json.dumps(
        {
            "type": f"urn:troth:problem:{code}",
            "title": title,
            "status": error.status,
            "detail": error.detail,
            "code": code,
            "correlation_id": correlation_id,
            "errors": [each.model_dump() for each in error.errors],
        }
    ).encode()


def render(error: ProblemError, correlation_id: str) -> Response:
    """The problem as a response."""
    return Response(
        body_of(error, correlation_id), error.status, error.headers, media_type=MEDIA_TYPE
    )
