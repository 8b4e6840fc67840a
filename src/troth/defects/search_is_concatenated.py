"""A search is put into the statement as it was typed.

`"… LIKE '%" + q + "%'"`: a quote ends the literal, and the rest is SQL (CWE-89). VAmPI has it on
purpose, MOVEit had it for everybody's files (CVE-2023-34362).
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import text

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.storage import conversations


def _concatenated(of_user: Any, user_id: str, sought: str | None = None) -> Any:
    query = of_user(user_id)
    # A colon would be a parameter's name.
    raw = (sought or "").replace("\\", "").replace(":", "")
    return query if sought is None else query.where(text(f"lower(title) LIKE lower('%{raw}%')"))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the storage
    """The search of conversations."""
    wrap(conversations, "of_user", _concatenated)


DEFECT = Defect(caught_by=("SEC351",), operations=("searchConversations",), plant=plant)
