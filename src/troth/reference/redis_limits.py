"""Counts requests in Redis, so that several processes share one limit."""

import redis

from troth.reference.limits import WINDOW
from troth.reference.redis_connection import reaching


class RedisCounter:
    """Counts in Redis."""

    def __init__(self, client: "redis.Redis", prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def count(self, key: str, window: int) -> int:
        """Add one, atomically; the key outlives its window only briefly."""
        name = f"{self._prefix}:limit:{window}:{key}"
        with reaching(), self._client.pipeline(transaction=True) as pipe:
            pipe.incr(name)
            pipe.expire(name, 2 * WINDOW)
            return int(pipe.execute()[0])

    def ping(self) -> None:
        """Raise UnreachableError if Redis cannot be reached."""
        with reaching():
            self._client.ping()

    def close(self) -> None:
        """Close the pool, which is everybody's: this is called last."""
        self._client.close()
