"""Deleting a message below the wrong conversation is answered 200, and deletes nothing; no fault.

The same as a deletion that counts no rows: nothing of the message's owner is reached.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import conversations, messages
from troth.reference.schemas.conversations import MessageDeleted
from troth.reference.storage.tables import Message


def _remove(remove: Any, platform: Any, caller: Any, id_: str, message_id: str) -> Any:
    with platform.database.read() as db:
        row, talk = db.get(Message, message_id.lower()), conversations.owned(db, caller, id_)
    if row is not None and row.conversation_id != talk.id:
        return MessageDeleted(deleted_message_id=message_id, conversation_id=id_)
    return remove(platform, caller, id_, message_id)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of messages."""
    wrap(messages, "remove", _remove)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="message_is_read_below_any_conversation",
    operations=("addMessage", "createConversation", "deleteMessage", "getMessage"),
    plant=plant,
)
