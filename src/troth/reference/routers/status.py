"""How the platform is, for everybody: as JSON and as a feed."""

from typing import Any

from fastapi import Response

from troth.reference.domain import status, status_feed
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.status import StatusShown

routes = Routes("/api/v1", "status", "How the platform is, and who is told.")
_FEED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            status_feed.MEDIA_TYPE: {
                "schema": {"type": "string"},
                "example": '<?xml version="1.0"?><rss version="2.0"><channel/></rss>',
            }
        }
    }
}


@routes.operation(
    "GET",
    "/status",
    "getStatus",
    "How the platform is",
    access="public",
    ids={"/api/v1/status/incidents/{incident_id}": "/incidents/0/id"},
)
def snapshot(platform: Here) -> StatusShown:
    """Its parts, and the latest incidents."""
    return status.snapshot(platform)


@routes.operation(
    "GET",
    "/status/rss",
    "getStatusFeed",
    "The latest incidents as RSS",
    access="public",
    response_class=Response,
    documented=_FEED,
)
def feed(platform: Here) -> Response:
    """RSS 2.0."""
    return _feed(platform)


@routes.operation(
    "GET",
    "/status.rss",
    "getStatusFeedByExtension",
    "The latest incidents as RSS, under the name that readers guess",
    access="public",
    response_class=Response,
    documented=_FEED,
)
def feed_by_extension(platform: Here) -> Response:
    """The same feed."""
    return _feed(platform)


def _feed(platform: Here) -> Response:
    content = status_feed.render(platform, status.snapshot(platform))
    return Response(content, media_type=f"{status_feed.MEDIA_TYPE}; charset=utf-8")
