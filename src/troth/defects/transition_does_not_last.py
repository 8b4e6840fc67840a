"""The answer says that it is done, and the next reading that it is not.

The object that the answer is made of was changed, and the transaction rolled back: an exception
after the commit point that somebody swallows (CWE-460, CWE-662).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import operations


def _forgotten(fail: Any, platform: Any, caller: Any, id_: str, given: Any) -> Any:
    before = operations.one(platform, caller, id_)
    if before.state != "RUNNING":
        return fail(platform, caller, id_, given)
    return before.model_copy(update={"state": "FAILED", "reason": given.reason})


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """The failure of operations."""
    wrap(operations, "fail", _forgotten)


DEFECT = Defect(caught_by=("PRO205",), operations=("createOperation", "failOperation"), plant=plant)
