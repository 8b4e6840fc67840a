"""Whatever a client sends as its correlation id comes back, and goes into the log: markup too.

Middlewares that take the header as it is let a client write into the log (CWE-117), and into
whatever shows it; others ask for a UUID (asgi-correlation-id), or strip and cut it (Rails).
"""

import re

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import trace


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every request
    """Every request."""
    trace.ACCEPTED = re.compile(".+", re.DOTALL)


DEFECT = Defect(caught_by=("FUZ118",), operations=("listTools",), plant=plant)
