"""The messages of a conversation, reachable only through it."""

from typing import cast

from troth.reference.domain.access import Caller
from troth.reference.domain.conversations import owned
from troth.reference.fields import MessageRole
from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.schemas import conversations as shapes
from troth.reference.storage import conversations
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import Message, now


def pages(platform: Platform, caller: Caller, id_: str, span: Span) -> shapes.MessagePage:
    """The messages, oldest first."""
    with platform.database.read() as db:
        row = owned(db, caller, id_)
        rows = page(db, Message, conversations.messages(row.id), span)
    return shapes.MessagePage(
        items=[_shown(each) for each in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def add(
    platform: Platform, caller: Caller, id_: str, new: shapes.NewMessage
) -> shapes.MessageShown:
    """One more message."""
    with platform.database.write() as db:
        row = owned(db, caller, id_, lock=True)
        message = Message(conversation_id=row.id, role=new.role, content=new.content)
        db.add(message)
        db.flush()
        row.updated_at = now()
        conversations.note(db, row.id, "message.added", message.id)
        return _shown(message)


def one(platform: Platform, caller: Caller, id_: str, message_id: str) -> shapes.MessageShown:
    """One message."""
    with platform.database.read() as db:
        row = owned(db, caller, id_)
        message = conversations.message(db, row.id, message_id)
    if message is None:
        raise unknown()
    return _shown(message)


def remove(platform: Platform, caller: Caller, id_: str, message_id: str) -> shapes.MessageDeleted:
    """Delete one message."""
    with platform.database.write() as db:
        row = owned(db, caller, id_, lock=True)
        message = conversations.message(db, row.id, message_id)
        if message is None:
            raise unknown()
        db.delete(message)
        row.updated_at = now()
        conversations.note(db, row.id, "message.deleted", message.id)
        return shapes.MessageDeleted(deleted_message_id=message.id, conversation_id=row.id)


def _shown(message: Message) -> shapes.MessageShown:
    return shapes.MessageShown(
        id=message.id,
        conversation_id=message.conversation_id,
        role=cast("MessageRole", message.role),
        content=message.content,
        created_at=message.created_at,
    )
