"""Logins are counted by the name as it was written, and compared without its case.

So each name has as many counts as ways to write it (CWE-178, CWE-307).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import auth


def _counted(log_in: Any, platform: Any, trace: Any, address: str, given: Any) -> Any:
    return log_in(platform, trace, f"{address} {given.email}", given)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Logins."""
    wrap(auth, "log_in", _counted)


DEFECT = Defect(caught_by=("SEC361",), operations=("createToken", "registerAccount"), plant=plant)
