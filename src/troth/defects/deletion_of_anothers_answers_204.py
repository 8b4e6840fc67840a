"""A stranger's deletion is answered 204, and the thing is still there; no fault.

`DELETE … WHERE id = ? AND owner = ?` deletes nothing, and a service that does not count rows
answers as if it had.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import as_owner, wrap
from troth.reference.domain import conversations
from troth.reference.storage.tables import Conversation


def _remove(remove: Any, platform: Any, caller: Any, id_: str) -> None:
    if as_owner(platform, caller, Conversation, id_) == caller:
        remove(platform, caller, id_)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of conversations."""
    wrap(conversations, "remove", _remove)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="stranger_deletes",
    operations=("createConversation", "deleteConversation", "getConversation"),
    plant=plant,
)
