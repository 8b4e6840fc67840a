"""A cursor that is none is a 500.

It is decoded without looking whether it can be ("binascii.Error: Incorrect padding",
"illegal base64 data"): graphene, Strapi and Gitea answered so (CWE-20, CWE-755).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import refusals


def _field_error(field_error: Any, error: Any) -> Any:
    if error["loc"][-1] == "cursor":
        raise ValueError("Incorrect padding")
    return field_error(error)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every cursor of every list
    """Every cursor that is no position."""
    wrap(refusals, "field_error", _field_error)


DEFECT = Defect(caught_by=("FUZ104",), operations=("listTenants",), plant=plant)
