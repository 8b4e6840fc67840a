"""One thin router a domain; a router that is switched off is in neither service nor document."""

from collections.abc import Iterator

from fastapi import APIRouter

from troth.reference.routers import (
    auth,
    conversations,
    fixtures,
    health,
    messages,
    sessions,
    tenants,
    users,
)
from troth.reference.settings import Settings


def enabled(settings: Settings) -> Iterator[APIRouter]:
    """The routers these settings ask for."""
    yield health.routes
    yield auth.routes
    yield sessions.routes
    yield tenants.routes
    yield users.routes
    yield conversations.routes
    yield messages.routes
    if settings.fixtures:
        yield fixtures.routes
