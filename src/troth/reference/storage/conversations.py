"""Conversations of one user, with their messages and events; another's are not found."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from troth.reference.storage.tables import Conversation, Event, Message


def of_user(user_id: str, text: str | None = None) -> Select[Conversation]:
    """The user's conversations; those whose title contains `text`, in any case."""
    query = select(Conversation).where(Conversation.user_id == user_id)
    if text is None:
        return query
    # lower() on both sides, and the database's own: SQLite folds ASCII only, PostgreSQL more.
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = func.lower(f"%{escaped}%")
    return query.where(func.lower(Conversation.title).like(pattern, escape="\\"))


def one(
    db: Session, user_id: str, conversation_id: str, *, lock: bool = False
) -> Conversation | None:
    """One conversation of the user, locked against other writers if asked."""
    query = of_user(user_id).where(Conversation.id == conversation_id.lower())
    return db.scalar(query.with_for_update() if lock else query)


def messages(conversation_id: str) -> Select[Message]:
    """All messages of a conversation."""
    return select(Message).where(Message.conversation_id == conversation_id)


def message(db: Session, conversation_id: str, message_id: str) -> Message | None:
    """One message of that conversation."""
    return db.scalar(messages(conversation_id).where(Message.id == message_id.lower()))


def message_count(db: Session, conversation_id: str) -> int:
    """How many messages it has."""
    query = messages(conversation_id).subquery()
    return db.scalar(select(func.count()).select_from(query)) or 0


def events(conversation_id: str) -> Select[Event]:
    """What happened to a conversation."""
    return select(Event).where(Event.conversation_id == conversation_id)


def note(db: Session, conversation_id: str, type_: str, subject_id: str | None = None) -> None:
    """Add an event."""
    db.add(Event(conversation_id=conversation_id, type=type_, subject_id=subject_id))
