"""Who a request says it is from is said again in the answer, and believed nowhere; no fault.

Services behind gateways repeat such headers for whoever reads logs.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _said(start: Any, body: bytes) -> bytes:
    start["headers"].append((b"vary", b"X-User-ID, X-Tenant-ID"))
    return body


def plant(app: FastAPI) -> None:
    """Of users."""
    edit_answers(app, "GET", r"/api/v1/(users|auth)/me", _said)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="user_header_is_believed",
    operations=("getConversation", "getIdentity", "getOwnUser"),
    plant=plant,
)
