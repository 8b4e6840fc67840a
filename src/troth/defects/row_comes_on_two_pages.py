"""The last row of a page is the first of the next.

``OFFSET`` counts from one where pages count from nought, or ``>=`` stands for ``>``: Jira's and
SharePoint's clients were told to remove duplicates themselves (CWE-193).
"""

from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import vector_stores


def _page(page: Any, db: Any, model: Any, query: Any, span: Any) -> Any:
    return page(db, model, query, replace(span, offset=max(0, span.offset - 1)))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain calls it by its own name
    """The offsets of vector stores."""
    wrap(vector_stores, "page", _page)


DEFECT = Defect(caught_by=("FUZ114",), operations=("listVectorStores",), plant=plant)
