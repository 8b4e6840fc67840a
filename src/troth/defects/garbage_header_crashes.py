"""An `Authorization` header without a blank in it crashes the service.

`headers["Authorization"].split(" ")[1]`, an IndexError for everyone on the network (CWE-755): it
stands in tutorials of Flask and Express, and in what was copied from them.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import access


def _bearer(bearer: Any, headers: Any) -> Any:
    if headers:
        headers[0].split(" ")[1]
    return bearer(headers)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Everywhere."""
    wrap(access, "_bearer", _bearer)


DEFECT = Defect(caught_by=("SEC312",), operations=("listTools",), plant=plant)
