"""Everything one running instance shares: settings, database, tokens, limits, metrics."""

import importlib
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from troth.reference.keys import SigningKey
from troth.reference.limits import Counter, MemoryCounter, RateLimit
from troth.reference.metrics import Metrics
from troth.reference.settings import Settings
from troth.reference.storage.database import Database
from troth.reference.tokens import Signer


@dataclass(frozen=True)
class Platform:
    """One instance."""

    settings: Settings
    database: Database
    key: SigningKey
    signer: Signer
    limits: RateLimit
    metrics: Metrics

    def close(self) -> None:
        """Let go of connections and files."""
        self.limits.close()
        self.database.close()


def build(settings: Settings) -> Platform:
    """What the settings ask for; tables are created."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    database = Database(url)
    database.create()
    key = SigningKey(settings.signing_key.get_secret_value() if settings.signing_key else None)
    return Platform(
        settings=settings,
        database=database,
        key=key,
        signer=Signer(key, settings),
        limits=RateLimit(_counter(settings)),
        metrics=Metrics(),
    )


def _counter(settings: Settings) -> Counter:
    if settings.redis_url is None:
        return MemoryCounter()
    # Redis is an extra, and slow to import: only whoever configures it needs it.
    redis_limits = importlib.import_module("troth.reference.redis_limits")
    counter: Counter = redis_limits.RedisCounter(
        settings.redis_url.get_secret_value(), settings.redis_prefix
    )
    return counter


async def _platform(request: Request) -> Platform:
    return cast("Platform", request.app.state.platform)


Here = Annotated[Platform, Depends(_platform)]
