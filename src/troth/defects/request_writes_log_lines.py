"""The path goes into the log decoded and as it is: `%0d%0a` begins a line of the client's.

A `print` beside the structured log, or a formatter without escaping (CWE-117).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import also


def plant(app: FastAPI) -> None:
    """One line a request, it was thought."""
    also(app, lambda seen: f"served {seen.path}")


DEFECT = Defect(caught_by=("SEC342",), operations=("getIdentity",), plant=plant)
