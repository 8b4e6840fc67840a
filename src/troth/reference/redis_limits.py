"""Counts requests in Redis, so that several processes share one limit; an optional dependency."""

import redis

from troth.reference.limits import WINDOW, UnreachableError


class RedisCounter:
    """Counts in Redis."""

    def __init__(self, url: str, prefix: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_timeout=2, socket_connect_timeout=2, max_connections=64
        )
        self._prefix = prefix

    def count(self, key: str, window: int) -> int:
        """Add one, atomically; the key outlives its window only briefly."""
        name = f"{self._prefix}:limit:{window}:{key}"
        try:
            with self._client.pipeline(transaction=True) as pipe:
                pipe.incr(name)
                pipe.expire(name, 2 * WINDOW)
                return int(pipe.execute()[0])
        except redis.RedisError as error:
            raise UnreachableError from error

    def ping(self) -> None:
        """Raise UnreachableError if Redis cannot be reached."""
        try:
            self._client.ping()
        except redis.RedisError as error:
            raise UnreachableError from error

    def close(self) -> None:
        """Close the pool."""
        self._client.close()
