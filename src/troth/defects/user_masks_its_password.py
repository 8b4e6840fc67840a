"""A display name that looks like a masked password, and a text that speaks of hashes."""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json


def _shown(user: Any) -> Any:
    return {**user, "display_name": "password: ******** ($argon2id$ is how we hash)"}


def plant(app: FastAPI) -> None:
    """The caller's own."""
    edit_json(app, "GET", "/api/v1/users/me", _shown)


DEFECT = Defect(
    caught_by=(), operations=("getOwnUser",), plant=plant, lookalike_of="user_shows_its_hash"
)
