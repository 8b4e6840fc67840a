"""An address within, in disguise, is taken, and nobody ever calls it: no fault by itself.

What is sent out goes through a proxy that knows better.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.hook_guard_misses_decimals import decimal, registered
from troth.defects.planting import wrap
from troth.reference.domain import hooks


def _taken(register: Any, platform: Any, owner: Any, new: Any) -> Any:
    make = registered if decimal(new.url) else None
    return make(register, platform, owner, new) if make else register(platform, owner, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Hooks."""
    wrap(hooks, "register", _taken)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="hook_guard_misses_decimals",
    operations=("createHook",),
    plant=plant,
)
