"""The search finds everybody's conversations, and everybody may read them; no fault.

The list is of one's own, as a list of favourites is; what the search finds is published.
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from troth.defects.defect import Defect
from troth.defects.planting import as_owner, wrap
from troth.reference.domain import conversations
from troth.reference.storage.tables import Conversation


def _one(one: Any, platform: Any, caller: Any, id_: str) -> Any:
    return one(platform, as_owner(platform, caller, Conversation, id_), id_)


def _page(page: Any, db: Any, model: Any, query: Any, span: Any) -> Any:
    _, *others = query._where_criteria  # noqa: SLF001 - the first is whose they are
    if model is Conversation and others:
        query = select(Conversation).where(*others)
    return page(db, model, query, span)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - functions of the domain
    """Of conversations."""
    wrap(conversations, "one", _one)
    wrap(conversations, "page", _page)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="search_forgets_the_owner",
    operations=("createConversation", "getConversation", "searchConversations"),
    plant=plant,
)
