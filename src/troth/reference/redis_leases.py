"""Leases in Redis: one script takes them, by Redis's own clock, so that processes agree."""

import logging
import threading
from uuid import uuid4

import redis

from troth.reference.limits import UnreachableError
from troth.reference.logs import log
from troth.reference.redis_connection import reaching

# A lease that is there already was taken by this very call, whose answer got lost.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], ARGV[3]) then return 1 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2])))
return 1
"""
_MOST_OWED = 1000


class RedisLeases:
    """Leases that all processes with this Redis share."""

    def __init__(self, client: "redis.Redis", prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._take = client.register_script(_TAKE)
        self._lock = threading.Lock()
        self._owed: dict[str, str] = {}
        """Leases that are over, but could not be given back, with their keys."""

    def take(self, key: str, most: int, ttl: float) -> str | None:
        """A lease of `key`, or None if `most` are out."""
        lease = uuid4().hex
        self._settle()
        try:
            with reaching():
                done = self._take(keys=[self._name(key)], args=[most, int(ttl * 1000), lease])
        except UnreachableError:
            # Whether it was taken is not known.
            self._owe(key, lease)
            raise
        return lease if done else None

    def release(self, key: str, lease: str) -> None:
        """Give it back; while Redis is away it is owed, until the next one is taken."""
        try:
            with reaching():
                self._client.zrem(self._name(key), lease)
        except UnreachableError as error:
            self._owe(key, lease)
            log(logging.WARNING, "lease.owed", fault=type(error.__cause__).__name__)

    def close(self) -> None:
        """The pool is not ours."""

    def _owe(self, key: str, lease: str) -> None:
        with self._lock:
            self._owed[lease] = key
            while len(self._owed) > _MOST_OWED:  # the oldest run out by themselves
                del self._owed[next(iter(self._owed))]

    def _settle(self) -> None:
        with self._lock:
            owed = dict(self._owed)
        if not owed:
            return
        with reaching(), self._client.pipeline(transaction=False) as pipe:
            for lease, key in owed.items():
                pipe.zrem(self._name(key), lease)
            pipe.execute()
        with self._lock:
            for lease in owed:
                self._owed.pop(lease, None)

    def _name(self, key: str) -> str:
        return f"{self._prefix}:lease:{key}"
