"""Puts the service together: routers inside, dispatch and CORS around them, the edge outermost."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI

from troth.reference import document, refusals, routers
from troth.reference.cors import Cors
from troth.reference.dispatch import Dispatch, Template, templates
from troth.reference.domain.seed import seed
from troth.reference.edge import Edge
from troth.reference.platform import build
from troth.reference.settings import Settings

_TAGS = [
    {"name": "health", "description": "How the service is."},
    {"name": "auth", "description": "Sessions and tokens."},
    {"name": "tenants", "description": "The caller's tenant."},
    {"name": "users", "description": "The people of the caller's tenant."},
    {"name": "conversations", "description": "The caller's conversations."},
    {"name": "messages", "description": "What is said in them."},
]
_FIXTURES_TAG = {"name": "test-fixtures", "description": "Worlds for tests."}


def create_app(settings: Settings | None = None, *, extra: Sequence[APIRouter] = ()) -> FastAPI:
    """One instance; `extra` routers are mounted beside its own."""
    settings = settings or Settings()
    platform = build(settings)
    if settings.seed:
        seed(platform)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        platform.close()

    app = FastAPI(
        title="troth reference service",
        version="1.0.0",
        description="An agent platform with tenants, which keeps this document's word.",
        openapi_tags=[*_TAGS, _FIXTURES_TAG] if settings.fixtures else _TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.platform = platform
    for router in (*routers.enabled(settings), *extra):
        app.include_router(router)
    refusals.install(app)
    known: dict[str, Any] = {}

    def described() -> dict[str, Any]:
        if "document" not in known:
            known["document"] = document.build(app)
        found: dict[str, Any] = known["document"]
        return found

    def table() -> list[Template]:
        # Made at the first request, so that routes added until then are in it.
        if "table" not in known:
            known["table"] = templates(app)
        found: list[Template] = known["table"]
        return found

    app.openapi = described  # type: ignore[method-assign]
    app.add_middleware(Dispatch, table=table)
    app.add_middleware(Cors, origins=settings.cors_origins)
    app.add_middleware(Edge, metrics=platform.metrics)
    return app
