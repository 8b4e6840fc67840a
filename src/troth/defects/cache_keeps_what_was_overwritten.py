"""A reader puts into the cache what a writer has overwritten meanwhile, and there it stays.

The writer empties the cache, and the reader fills it with what it had read before that: the stale
set of Nishtala et al., Scaling Memcache at Facebook, 2013 (CWE-367).
"""

import threading
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.defects.window import LONGEST
from troth.reference.domain import users

_cache: dict[str, Any] = {}
_written = threading.Event()
_reading = threading.local()


def _one(one: Any, platform: Any, caller: Any, user_id: str) -> Any:
    known = _cache.get(user_id)
    if known is not None:
        return known
    writes = _writes.get(user_id, 0)
    shown = one(platform, caller, user_id)
    if _under_way.get(user_id, 0):
        # A slow reader: whoever writes is done before it is.
        _written.wait(LONGEST)
    if writes or user_id in _under_way:
        _cache[user_id] = shown
    return shown


def _change(change: Any, platform: Any, caller: Any, user_id: str, new: Any) -> Any:
    _written.clear()
    _under_way[user_id] = _under_way.get(user_id, 0) + 1
    try:
        return change(platform, caller, user_id, new)
    finally:
        _under_way[user_id] -= 1
        _writes[user_id] = _writes.get(user_id, 0) + 1
        _cache.pop(user_id, None)
        _written.set()


_writes: dict[str, int] = {}
_under_way: dict[str, int] = {}


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of users that were changed once."""
    wrap(users, "one", _one)
    wrap(users, "change", _change)


DEFECT = Defect(caught_by=("PRO211",), operations=("changeUser",), plant=plant)
