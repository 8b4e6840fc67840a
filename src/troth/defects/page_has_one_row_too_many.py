"""A page has one row more than was asked for.

It is read to see whether there is a next page, and not taken off again: so the row comes on the
next one as well (CWE-193; graphene-django, Laravel's ``simplePaginate`` copied by hand).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import workers


def _page(page: Any, db: Any, model: Any, query: Any, span: Any) -> Any:
    wider = type(span)(span.limit + 1, span.offset, span.cursor)
    return page(db, model, query, wider)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain calls it by its own name
    """Pages of workers."""
    wrap(workers, "page", _page)


DEFECT = Defect(caught_by=("FUZ114",), operations=("listWorkers",), plant=plant)
