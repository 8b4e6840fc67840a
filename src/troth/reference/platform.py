"""Everything one running instance shares: settings, database, tokens, limits, metrics."""

import importlib
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from troth.reference import tracing
from troth.reference.background import Background
from troth.reference.bus import Bus, MemoryBus
from troth.reference.content import Content
from troth.reference.content import build as build_content
from troth.reference.keys import SigningKey
from troth.reference.leases import Leases, MemoryLeases
from troth.reference.limits import MemoryCounter, RateLimit
from troth.reference.metrics import Metrics
from troth.reference.revocations import MemoryRevocations, Revocations
from troth.reference.settings import Settings
from troth.reference.shared import Shared
from troth.reference.stopping import Stopping
from troth.reference.storage.database import Database, Pool
from troth.reference.tokens import Signer
from troth.reference.tracing import Spans


@dataclass(frozen=True)
class Platform:
    """One instance."""

    settings: Settings
    database: Database
    key: SigningKey
    signer: Signer
    limits: RateLimit
    metrics: Metrics
    bus: Bus
    leases: Leases
    revocations: Revocations
    background: Background
    content: Content
    stopping: Stopping
    spans: Spans

    def close(self) -> None:
        """Let go of connections and files."""
        self.bus.close()
        self.leases.close()
        self.revocations.close()
        self.limits.close()
        self.database.close()
        self.spans.close()


def build(settings: Settings) -> Platform:
    """What the settings ask for; tables are created."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    pool = Pool(
        settings.pool_size,
        settings.pool_overflow,
        settings.pool_timeout,
        settings.connect_timeout,
    )
    database = Database(url, pool, patience=settings.database_patience, folder=settings.folder)
    database.create()
    spans = tracing.build(settings)
    spans.watch(database.engine)
    key = SigningKey(settings.signing_key.get_secret_value() if settings.signing_key else None)
    shared = _shared(settings)
    return Platform(
        settings=settings,
        database=database,
        key=key,
        signer=Signer(key, settings),
        limits=RateLimit(shared.counter),
        metrics=Metrics(),
        bus=shared.bus,
        leases=shared.leases,
        revocations=shared.revocations,
        background=Background(),
        content=build_content(settings),
        stopping=Stopping(),
        spans=spans,
    )


def _shared(settings: Settings) -> Shared:
    if settings.redis_url is None:
        return Shared(MemoryCounter(), MemoryBus(), MemoryLeases(), MemoryRevocations())
    # Redis is an extra, and slow to import: only whoever configures it needs it.
    redis_shared = importlib.import_module("troth.reference.redis_shared")
    found: Shared = redis_shared.shared(
        settings.redis_url.get_secret_value(), settings.redis_prefix, settings.redis_patience
    )
    return found


async def _platform(request: Request) -> Platform:
    return cast("Platform", request.app.state.platform)


Here = Annotated[Platform, Depends(_platform)]
