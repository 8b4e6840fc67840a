"""A message is read below any conversation of one's own, whosever it is.

That the conversation in the path is the caller's is checked; the message is then looked up by its
own id alone (CWE-639): nested routes of many frameworks do so by default.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.storage import conversations
from troth.reference.storage.tables import Message


def _message(message: Any, db: Any, conversation_id: str, message_id: str) -> Any:  # noqa: ARG001
    return db.get(Message, message_id.lower())


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the storage
    """Of reading and of deleting."""
    wrap(conversations, "message", _message)


DEFECT = Defect(
    caught_by=("SEC306",),
    operations=("addMessage", "createConversation", "deleteMessage", "getMessage"),
    plant=plant,
)
