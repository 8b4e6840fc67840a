"""Redirects of webhooks are followed, each to where the guard lets the service go: no fault."""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.defects.redirect_leads_hooks_within import called
from troth.reference.domain import hooks


def _guarded(register: Any, platform: Any, owner: Any, new: Any) -> Any:
    return called(register, platform, owner, new, guarded=True)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Hooks."""
    wrap(hooks, "register", _guarded)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="redirect_leads_hooks_within",
    operations=("createHook",),
    plant=plant,
)
