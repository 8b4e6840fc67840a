"""Whoever knows the id of a conversation reads it.

It is looked up by its id alone (OWASP API1:2023, CWE-639): books with their secrets for any user
of VAmPI, vehicles in crAPI, and real services by the dozen.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import as_owner, wrap
from troth.reference.domain import conversations
from troth.reference.storage.tables import Conversation


def _one(one: Any, platform: Any, caller: Any, id_: str) -> Any:
    return one(platform, as_owner(platform, caller, Conversation, id_), id_)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of reading one; lists are filtered."""
    wrap(conversations, "one", _one)


DEFECT = Defect(
    caught_by=("SEC301",),
    operations=("createConversation", "getConversation", "listConversations"),
    plant=plant,
)
