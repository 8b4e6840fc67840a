"""A text that is longer than its column is cut, and nobody is told.

MySQL without strict mode stores what fits and warns whoever asks for warnings; the service has
said that it took the whole (CWE-221).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import vector_stores

_COLUMN = 40


def _cut(make: Any, platform: Any, caller: Any, new: Any) -> Any:
    return make(platform, caller, new.model_copy(update={"name": new.name[:_COLUMN].strip()}))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Names of vector stores."""
    wrap(vector_stores, "make", _cut)


DEFECT = Defect(
    caught_by=("FUZ116",), operations=("createVectorStore", "getVectorStore"), plant=plant
)
