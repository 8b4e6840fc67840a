"""A reader puts into the cache what a writer has overwritten meanwhile, and there it stays.

The writer empties the cache, and the reader fills it with what it had read before that: the stale
set of Nishtala et al., Scaling Memcache at Facebook, 2013 (CWE-367).
"""

import itertools
import threading
from collections import Counter
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.defects.window import LONGEST
from troth.reference.domain import users

_turns = itertools.count()
_state = threading.Condition()
_cache: dict[str, tuple[int, Any]] = {}
_writing: Counter[str] = Counter()
_readers: Counter[str] = Counter()


def _one(one: Any, platform: Any, caller: Any, user_id: str) -> Any:
    with _state:
        turn = next(_turns)
        if user_id in _cache:
            return _cache[user_id][1]
    shown = one(platform, caller, user_id)
    with _state:
        if not _writing[user_id]:
            return shown
        _readers[user_id] += 1
        _state.notify_all()
        # A slow reader: whoever writes is done before it is.
        _state.wait_for(lambda: not _writing[user_id], LONGEST)
        _readers[user_id] -= 1
        if user_id not in _cache or _cache[user_id][0] > turn:
            _cache[user_id] = turn, shown
    return shown


def _change(change: Any, platform: Any, caller: Any, user_id: str, new: Any) -> Any:
    with _state:
        _writing[user_id] += 1
        _state.wait_for(lambda: _readers[user_id], LONGEST)
    try:
        return change(platform, caller, user_id, new)
    finally:
        with _state:
            _writing[user_id] -= 1
            _cache.pop(user_id, None)
            _state.notify_all()


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of users that are read while they are changed."""
    wrap(users, "one", _one)
    wrap(users, "change", _change)


DEFECT = Defect(caught_by=("PRO211",), operations=("changeUser",), plant=plant)
