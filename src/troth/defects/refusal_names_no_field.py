"""A 422 does not say which field is wrong.

"Validation failed", and nothing else: clients guess, and show all fields as wrong (ASVS 16.5.1).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import refusals
from troth.reference.problems import FieldError


def _field_error(field_error: Any, error: Any) -> FieldError:
    said: FieldError = field_error(error)
    return FieldError(field="(unnamed)", location=said.location, message="is not valid")


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every refusal of every operation
    """Every 422."""
    wrap(refusals, "field_error", _field_error)


DEFECT = Defect(caught_by=("FUZ106",), operations=("createConversation",), plant=plant)
