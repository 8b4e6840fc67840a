"""Whoever knows the id of a conversation deletes it.

That one may delete conversations is checked, and not whose this one is (OWASP API1:2023).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import as_owner, wrap
from troth.reference.domain import conversations
from troth.reference.storage.tables import Conversation


def _remove(remove: Any, platform: Any, caller: Any, id_: str) -> None:
    remove(platform, as_owner(platform, caller, Conversation, id_), id_)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of conversations."""
    wrap(conversations, "remove", _remove)


DEFECT = Defect(
    caught_by=("SEC303",),
    operations=("createConversation", "deleteConversation", "getConversation"),
    plant=plant,
)
