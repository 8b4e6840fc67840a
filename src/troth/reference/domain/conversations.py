"""A user's own conversations; nobody else's exist for them."""

from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain import usage
from troth.reference.domain.access import Caller
from troth.reference.domain.notes import Subject, note
from troth.reference.platform import Platform
from troth.reference.problems import unauthenticated, unknown
from troth.reference.schemas import conversations as shapes
from troth.reference.storage import conversations, users
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import Conversation, Event, now


def owned(db: Session, caller: Caller, id_: str, *, lock: bool = False) -> Conversation:
    """The caller's conversation of that id; ProblemError 404 for any other."""
    found = conversations.one(db, caller.user_id, id_, lock=lock)
    if found is None:
        raise unknown()
    return found


def pages(
    platform: Platform, caller: Caller, span: Span, text: str | None = None
) -> shapes.ConversationPage:
    """The caller's conversations, or those whose name contains `text`."""
    with platform.database.read() as db:
        rows = page(db, Conversation, conversations.of_user(caller.user_id, text), span)
    return shapes.ConversationPage(
        items=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def start(
    platform: Platform, caller: Caller, new: shapes.NewConversation
) -> shapes.ConversationDetail:
    """A new conversation."""
    with platform.database.write() as db:
        if not users.exists(db, caller.user_id):
            raise unauthenticated(error="invalid_token")
        row = Conversation(user_id=caller.user_id, title=new.display_name)
        db.add(row)
        db.flush()
        conversations.note(db, row.id, "conversation.created")
        usage.count(db, caller.tenant_id, "conversations")
        made = Subject("conversation", row.id)
        note(platform, db, caller.tenant_id, "conversation.created", made, actor_id=caller.user_id)
        return _detail(row, 0)


def one(platform: Platform, caller: Caller, id_: str) -> shapes.ConversationDetail:
    """One conversation."""
    with platform.database.read() as db:
        row = owned(db, caller, id_)
        return _detail(row, conversations.message_count(db, row.id))


def remove(platform: Platform, caller: Caller, id_: str) -> None:
    """Delete a conversation with its messages."""
    with platform.database.write() as db:
        db.delete(owned(db, caller, id_, lock=True))


def rename(platform: Platform, caller: Caller, id_: str, new: shapes.NewTitle) -> shapes.TitleShown:
    """Give a conversation another name."""
    with platform.database.write() as db:
        row = owned(db, caller, id_, lock=True)
        row.title, row.updated_at = new.display_name, now()
        conversations.note(db, row.id, "title.changed")
        return shapes.TitleShown(id=row.id, display_name=row.title)


def configure(platform: Platform, caller: Caller, id_: str, new: shapes.NewMemory) -> shapes.Memory:
    """Change how much a conversation remembers."""
    with platform.database.write() as db:
        row = owned(db, caller, id_, lock=True)
        row.memory_mode, row.memory_turns = new.mode, new.max_turns
        row.memory_pinned, row.updated_at = new.pinned, now()
        conversations.note(db, row.id, "memory.changed")
        return _memory(row)


def events(platform: Platform, caller: Caller, id_: str, span: Span) -> shapes.EventPage:
    """What happened to a conversation."""
    with platform.database.read() as db:
        row = owned(db, caller, id_)
        rows = page(db, Event, conversations.events(row.id), span)
    items = [
        shapes.EventShown(
            id=each.id,
            type=cast("shapes.EventType", each.type),
            subject_id=each.subject_id,
            created_at=each.created_at,
        )
        for each in rows.items
    ]
    return shapes.EventPage(
        items=items,
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def _memory(row: Conversation) -> shapes.Memory:
    return shapes.Memory(
        mode=cast("shapes.MemoryMode", row.memory_mode),
        max_turns=row.memory_turns,
        pinned=row.memory_pinned,
    )


def _shown(row: Conversation) -> shapes.ConversationShown:
    return shapes.ConversationShown(
        id=row.id,
        display_name=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
        memory=_memory(row),
    )


def _detail(row: Conversation, count: int) -> shapes.ConversationDetail:
    shown = _shown(row)
    return shapes.ConversationDetail(
        id=shown.id,
        display_name=shown.display_name,
        created_at=shown.created_at,
        updated_at=shown.updated_at,
        memory=shown.memory,
        message_count=count,
    )
