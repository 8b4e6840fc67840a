"""All requests have one correlation id: it was made when the module was imported.

A default argument, or a context variable that no middleware resets: the log cannot be told apart.
"""

from uuid import uuid4

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import trace


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every request
    """Every request that sends none."""
    made = uuid4()
    trace.uuid4 = lambda: made  # type: ignore[attr-defined]


DEFECT = Defect(caught_by=("FUZ118",), operations=("listTools",), plant=plant)
