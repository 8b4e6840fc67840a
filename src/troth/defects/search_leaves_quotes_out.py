"""A search leaves out what is no word, as search engines do: nothing of it reaches a statement.

A text in quotes finds what the text finds, and one after a quote nothing else: no fault.
"""

import re

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_query


def _words(query: dict[str, str]) -> dict[str, str]:
    sought = query.get("q")
    words = re.sub(r"[\"'%_*();=-]+", "", sought or "")
    return {**query, "q": words} if sought and words else query


def plant(app: FastAPI) -> None:
    """The search of conversations."""
    edit_query(app, "GET", "/api/v1/conversations/search", _words)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="search_is_concatenated",
    operations=("searchConversations",),
    plant=plant,
)
