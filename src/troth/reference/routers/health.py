"""Is it up, is it ready, how is it doing, and which keys does it sign with."""

from collections.abc import Callable

from fastapi import Response
from sqlalchemy.exc import SQLAlchemyError

from troth.reference.limits import UnreachableError
from troth.reference.platform import Here
from troth.reference.problems import ProblemError
from troth.reference.routes import Routes
from troth.reference.schemas.health import Health, KeySet, PublicKey, Readiness
from troth.reference.unreachable import RETRY

routes = Routes("", "health", "How the service is.")
_TEXT = "text/plain"
_EXAMPLE = 'troth_requests_total{method="GET",route="/health",status="200"} 1.0\n'


@routes.operation(
    "GET", "/health", "getHealth", "Is the process up", access="public", needs_database=False
)
async def health() -> Health:
    """Answers as long as the process does."""
    return Health(status="ok")


@routes.operation(
    "GET",
    "/health/ready",
    "getReadiness",
    "Can it serve",
    access="public",
    errors={503: "The database or Redis cannot be reached."},
)
def ready(platform: Here) -> Readiness:
    """Asks the database, and Redis where it is configured."""
    asked = {"The database": platform.database.ping, "Redis": platform.limits.ping}
    gone = [name for name, ping in asked.items() if not _there(ping)]
    if gone:
        raise ProblemError(503, f"{' and '.join(gone)} cannot be reached.", headers=RETRY)
    configured = platform.settings.redis_url is not None
    return Readiness(status="ready", database="ok", redis="ok" if configured else "not configured")


def _there(ping: Callable[[], None]) -> bool:
    try:
        ping()
    except (SQLAlchemyError, UnreachableError):
        return False
    return True


@routes.operation(
    "GET",
    "/metrics",
    "getMetrics",
    "Prometheus metrics",
    access="public",
    needs_database=False,
    response_class=Response,
    documented={200: {"content": {_TEXT: {"schema": {"type": "string"}, "example": _EXAMPLE}}}},
)
def metrics(platform: Here) -> Response:
    """Requests by method, route template and status; what the background tasks have done."""
    media_type = f"{_TEXT}; version=0.0.4; charset=utf-8"
    return Response(platform.metrics.render(), media_type=media_type)


@routes.operation(
    "GET",
    "/.well-known/jwks.json",
    "getKeys",
    "Public keys of the tokens",
    access="public",
    needs_database=False,
    headers=("Cache-Control",),
)
async def keys(platform: Here, response: Response) -> KeySet:
    """The key set; it may be kept for five minutes."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return KeySet(keys=[PublicKey(**platform.key.jwk())])
