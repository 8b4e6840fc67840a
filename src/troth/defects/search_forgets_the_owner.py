"""The search finds everybody's conversations, the list one's own.

`WHERE owner = ? AND a LIKE ? OR b LIKE ?` (CWE-783), or an index that knows no owners: who may see
a thing is asked where it is shown and not where it is found.
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import conversations
from troth.reference.storage.tables import Conversation


def _page(page: Any, db: Any, model: Any, query: Any, span: Any) -> Any:
    _, *others = query._where_criteria  # noqa: SLF001 - the first is whose they are
    if model is Conversation and others:
        query = select(Conversation).where(*others)
    return page(db, model, query, span)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of conversations."""
    wrap(conversations, "page", _page)


DEFECT = Defect(
    caught_by=("SEC304",),
    operations=("createConversation", "getConversation", "searchConversations"),
    plant=plant,
)
