"""Revocations in Redis: what one process revokes, no other accepts any more."""

import math

import redis

from troth.reference.redis_connection import reaching


class RedisRevocations:
    """Revocations that all processes with this Redis share."""

    def __init__(self, client: "redis.Redis", prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def add(self, id_: str, ttl: float) -> None:
        """Revoke `id_` for `ttl` seconds."""
        with reaching():
            self._client.set(f"{self._prefix}:revoked:{id_}", "1", ex=max(1, math.ceil(ttl)))

    def has(self, id_: str) -> bool:
        """Whether `id_` has been revoked."""
        with reaching():
            return bool(self._client.exists(f"{self._prefix}:revoked:{id_}"))

    def close(self) -> None:
        """The pool is not ours."""
