"""Each refused login has a number to ask for it by: answers differ, and tell nothing. No fault."""

import secrets
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json


def _numbered(body: Any) -> Any:
    return {**body, "detail": f"These are not valid; ask for {secrets.token_hex(8)}."}


def plant(app: FastAPI) -> None:
    """Logins."""
    edit_json(app, "POST", "/api/v1/auth/token", _numbered, status=401)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="unknown_user_is_told",
    operations=("createToken",),
    plant=plant,
)
