"""A text with a NUL byte is refused, and telling so crashes: 500.

The validator is right, and what writes its error down is not: FastAPI's own handler of invalid
requests died of the input that it quotes (NaN, Infinity, lone surrogates; fastapi/fastapi#10876),
PostgreSQL's driver of U+0000 in the audit row of a refusal (CWE-158, CWE-248).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import refusals


def _field_error(field_error: Any, error: Any) -> Any:
    if "\0" in str(error.get("input")):
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")
    return field_error(error)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every refusal of every operation
    """Every 422."""
    wrap(refusals, "field_error", _field_error)


DEFECT = Defect(caught_by=("FUZ104",), operations=("createConversation",), plant=plant)
