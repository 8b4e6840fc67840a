"""One pool of connections to Redis for all that an instance shares through it."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from troth.reference.limits import UnreachableError

MOST = 64


def connect(url: str, patience: float, *, again: int = 1) -> "redis.Redis":
    """A client; nothing is sent yet, and no wait of it is longer than `patience` seconds.

    What fails is tried `again`, on a new connection: those of the pool may be from before an
    outage. So nothing may be sent that must not arrive twice.
    """
    return redis.Redis.from_url(
        url,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        max_connections=MOST,
        retry=Retry(NoBackoff(), again),
    )


@contextmanager
def reaching() -> Iterator[None]:
    """Within it, what Redis fails with is an UnreachableError: the caller's 503."""
    try:
        yield
    except redis.RedisError as error:
        raise UnreachableError from error
