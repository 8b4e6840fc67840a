"""The origin `null` is allowed, with credentials.

It was put on the list for pages opened from a disk; a sandboxed frame of any page sends it too.
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.origins import allow


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """`null` is among those that are allowed."""
    allow(lambda origin: origin == "null")


DEFECT = Defect(caught_by=("SEC331",), operations=("getIdentity",), plant=plant)
