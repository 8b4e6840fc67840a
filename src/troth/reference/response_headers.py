"""The headers of all responses, as the document says them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from troth.reference import timing

_COUNT = {"type": "integer", "minimum": 0}


def _header(about: str, example: object, **schema: object) -> dict[str, Any]:
    shape = schema or {"type": "string"}
    return {"description": about, "required": True, "schema": shape, "example": example}


HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Correlation-Id": _header(
        "Joins this response to the service's log.",
        "5c1f0c5e9d2b4b6c8f7a3e2d1c0b9a88",
        type="string",
        pattern="^[A-Za-z0-9-]{8,64}$",
    ),
    "X-Content-Type-Options": _header(
        "That the media type is meant.", "nosniff", type="string", const="nosniff"
    ),
    "Cache-Control": _header(
        "How long it may be kept.",
        "no-store",
        type="string",
        enum=["no-store", "public, max-age=300"],
    ),
    timing.HEADER: _header(
        "Milliseconds until these headers went (`app`), those of them in the database (`sql`), and "
        "as its `desc` the number of SQL statements.",
        'app;dur=3.2, sql;dur=0.9;desc="4"',
        type="string",
        pattern=timing.PATTERN,
    ),
    "RateLimit-Limit": _header("Requests a minute.", 600, **_COUNT),
    "RateLimit-Remaining": _header("What is left.", 599, **_COUNT),
    "RateLimit-Reset": _header("Seconds to go.", 42, **_COUNT),
    "Retry-After": _header("Seconds to wait.", 1, **_COUNT),
    "WWW-Authenticate": _header(
        "The challenge (RFC 9110 section 11.6.1).",
        'Bearer realm="troth"',
        type="string",
        pattern="^(Bearer|ApiKey) ",
    ),
    "Location": _header(
        "Where the new thing is.",
        "/api/v1/conversations/6f1b2c3d-0a4e-4b5f-8c6d-7e8f9a0b1c2d",
        type="string",
        pattern="^/api/v1/",
    ),
    "ETag": _header("The version of the thing.", '"v1"', type="string", pattern='^"v[0-9]+"$'),
    "Content-Disposition": _header(
        "That the bytes are to be saved, and the name of the file.",
        'attachment; filename="figures.csv"',
        type="string",
        pattern='^attachment; filename="[^"]+"$',
    ),
    "X-Accel-Buffering": _header(
        "That proxies pass events on as they come.", "no", type="string", const="no"
    ),
    "Vary": _header("That the answer depends on the origin.", "Origin"),
    "Access-Control-Allow-Origin": _header("The origin, if allowed.", "https://app.acme.test"),
    "Access-Control-Allow-Credentials": _header("Of an allowed origin.", "true"),
    "Access-Control-Expose-Headers": _header("What its pages may read.", "ETag, Location"),
}
_OF_ORIGINS = (
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Expose-Headers",
)
RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
ON_STATUS: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


@dataclass(frozen=True)
class Everywhere:
    """What all responses have, as the service is set."""

    cors: bool
    """Whether origins are configured."""
    timed: bool

    def components(self) -> dict[str, Any]:
        """The headers that there are."""
        absent = () if self.cors else ("Vary", *_OF_ORIGINS)
        absent = absent if self.timed else (*absent, timing.HEADER)
        return {name: header for name, header in HEADERS.items() if name not in absent}

    def of(self, names: Collection[str], perhaps: Collection[str] = ()) -> dict[str, Any]:
        """Of one response: `names` beside those of all, and what is `perhaps` sent."""
        sent = ["X-Correlation-Id", "X-Content-Type-Options", "Cache-Control"]
        sent += [timing.HEADER] if self.timed else []
        sent += ["Vary"] if self.cors else []
        perhaps = (*perhaps, *(_OF_ORIGINS if self.cors else ()))
        found: dict[str, Any] = {
            name: {"$ref": f"#/components/headers/{name}"} for name in (*sent, *names)
        }
        return found | {name: {**HEADERS[name], "required": False} for name in perhaps}
