"""``Allow`` names one of a path's methods, and leaves out the others.

Starlette matches routes one by one and asks the first that knows the path what it allows
(encode/starlette#1233; RFC 9110, section 15.5.6).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.dispatch import Template


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every path
    """Every 405."""
    Template.allow = property(lambda self: min(self.methods))  # type: ignore[assignment,method-assign]


DEFECT = Defect(caught_by=("FUZ107",), operations=("listConversations",), plant=plant)
