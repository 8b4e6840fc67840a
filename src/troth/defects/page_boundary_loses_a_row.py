"""The row at the boundary of two pages is on neither.

A cursor made of the first row that did not fit, and a query that asks for what comes *after* it:
Mastodon's and Elasticsearch's ``search_after`` clients, GitLab's keyset pages (CWE-193). Shipped
wherever a ``>`` was meant to be ``>=``.
"""

from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import assets


def _page(page: Any, db: Any, model: Any, query: Any, span: Any) -> Any:
    if span.cursor is None:
        return page(db, model, query, span)
    return page(db, model, query, replace(span, offset=span.offset + 1))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain calls it by its own name
    """Behind each cursor of the assets."""
    wrap(assets, "page", _page)


DEFECT = Defect(caught_by=("FUZ114",), operations=("listAssets",), plant=plant)
