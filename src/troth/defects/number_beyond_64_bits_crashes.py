"""A number beyond 64 bits is a 500.

Python reads it and the database's driver can not ("Python int too large to convert to SQLite
INTEGER", "bigint out of range"): Mastodon, Discourse and Datasette have met it in ids and sizes
(CWE-190).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import refusals


def _field_error(field_error: Any, error: Any) -> Any:
    given = error.get("input")
    if isinstance(given, int) and abs(given) >= 2**63:
        raise OverflowError("Python int too large to convert to SQLite INTEGER")
    return field_error(error)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every refusal of every operation
    """Whatever is written down of a refused number."""
    wrap(refusals, "field_error", _field_error)


DEFECT = Defect(caught_by=("FUZ104",), operations=("presignUpload",), plant=plant)
