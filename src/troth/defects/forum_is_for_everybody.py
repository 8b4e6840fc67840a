"""Conversations are a forum: everybody is listed all of them, and may read each; no fault.

Many services show to all members what each of them has made, on purpose. Who reads what a list
shows him reaches nothing; writing is for authors alone.
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
    if model is Conversation:
        _, *others = query._where_criteria  # noqa: SLF001 - the first is whose they are
        query = select(Conversation).where(*others)
    return page(db, model, query, span)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - functions of the domain
    """Of reading one, of lists and of searches."""
    wrap(conversations, "one", _one)
    wrap(conversations, "page", _page)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="stranger_reads_by_id",
    operations=(
        "createConversation",
        "getConversation",
        "listConversations",
        "renameConversation",
        "searchConversations",
    ),
    plant=plant,
)
