"""A body that is no JSON is answered with the stack trace of the parser.

``DEBUG = True`` went to production, or an error handler that was meant for developers (CWE-209).
"""

import json
import traceback

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.errors import say


def _trace() -> str:
    try:
        json.loads("{")
    except ValueError:
        return traceback.format_exc()
    return ""


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every malformed body
    """Every 400."""
    say(400, _trace)


DEFECT = Defect(caught_by=("SEC344",), operations=("createConversation",), plant=plant)
