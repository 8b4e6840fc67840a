"""Puts the service together: routers inside, dispatch and CORS around them, the edge outermost."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI

from troth.reference import document, refusals, routers
from troth.reference.cors import Cors
from troth.reference.dispatch import Dispatch, Template, templates
from troth.reference.domain import lost_runs, orphans
from troth.reference.domain.seed import seed
from troth.reference.edge import Edge
from troth.reference.folder import placed
from troth.reference.platform import build
from troth.reference.routes import Routes
from troth.reference.settings import Settings


def create_app(settings: Settings | None = None, *, extra: Sequence[APIRouter] = ()) -> FastAPI:
    """One instance; `extra` routers are mounted beside its own."""
    settings = placed(settings or Settings())
    platform = build(settings)
    if settings.seed:
        seed(platform)
    platform.background.add(orphans.task(platform))
    platform.background.add(lost_runs.task(platform))
    platform.metrics.watch(platform.background.seen)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        platform.bus.start()
        await platform.background.start()
        yield
        await platform.background.stop()
        platform.close()

    mounted = [*routers.enabled(settings), *extra]
    app = FastAPI(
        title="troth reference service",
        version="1.0.0",
        description="An agent platform with tenants, which keeps this document's word.",
        openapi_tags=_tags(mounted),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.platform = platform
    for router in mounted:
        app.router.routes.extend(router.routes)
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
    app.add_middleware(
        Edge,
        metrics=platform.metrics,
        stopping=platform.stopping,
        spans=platform.spans,
        timed=settings.server_timing,
    )
    return app


def _tags(mounted: Sequence[APIRouter]) -> list[dict[str, str]]:
    """Each tag of the routers once, with what its first router says about it."""
    said: dict[str, str] = {}
    for router in mounted:
        if isinstance(router, Routes):
            said[router.tag] = said.get(router.tag) or router.about
    return [{"name": tag, "description": about} for tag, about in said.items()]
