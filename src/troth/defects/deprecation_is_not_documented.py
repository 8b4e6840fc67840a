"""An operation announces its end in a header, and the document does not say so.

Whoever reads the document builds on what is about to go (RFC 9745, OWASP API9:2023).
"""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _announced(start: Message, body: bytes) -> bytes:
    MutableHeaders(scope=start)["Deprecation"] = "@1767225600"
    return body


def plant(app: FastAPI) -> None:
    """The list of guardrails."""
    edit_answers(app, "GET", "/api/v1/guardrails", _announced)


DEFECT = Defect(caught_by=("FUZ110",), operations=("listGuardrails",), plant=plant)
