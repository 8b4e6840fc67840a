"""A token is served after its end: its signature is verified, and its `exp` is not (CWE-613).

What a library call comes to that switches the check off, because a test's tokens had expired.
"""

from datetime import UTC, datetime
from typing import Any

import jwt
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import tokens
from troth.reference.storage import service_tokens


def plant(app: FastAPI) -> None:  # noqa: ARG001 - both are looked up when they are called
    """Neither the claim nor the row is asked for its time."""
    decode: Any = jwt.decode

    def lax(*arguments: Any, options: dict[str, Any], **more: Any) -> Any:
        return decode(*arguments, options={**options, "verify_exp": False}, **more)

    tokens.jwt.decode = lax  # type: ignore[attr-defined]
    service_tokens.now = lambda: datetime(2000, 1, 1, tzinfo=UTC)  # type: ignore[attr-defined]


DEFECT = Defect(
    caught_by=("PRO203",), operations=("listConversations", "issueServiceToken"), plant=plant
)
