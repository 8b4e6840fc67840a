"""A 422 says which value it does not like, where that is no secret."""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import refusals
from troth.reference.problems import FieldError


def _field_error(field_error: Any, error: Any) -> FieldError:
    said: FieldError = field_error(error)
    given = error.get("input")
    if "password" in said.field or not isinstance(given, str) or not given.isprintable():
        return said
    return said.model_copy(update={"message": f"{said.message}: {given[:100]!r}"})


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every refusal of every operation
    """Every 422."""
    wrap(refusals, "field_error", _field_error)


DEFECT = Defect(
    caught_by=(),
    operations=("createToken", "createConversation"),
    plant=plant,
    lookalike_of="refusal_repeats_the_password",
)
