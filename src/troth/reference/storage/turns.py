"""What is said in turns: the messages an agent remembers, and the ones it adds."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from troth.reference.fields import MessageRole
from troth.reference.storage.conversations import messages, note
from troth.reference.storage.tables import Conversation, Message, now


def latest(db: Session, conversation_id: str, most: int) -> list[Message]:
    """The last messages, oldest first."""
    newest = messages(conversation_id).order_by(Message.created_at.desc(), Message.id.desc())
    return list(db.scalars(newest.limit(most)))[::-1]


def first_question(db: Session, conversation_id: str) -> str | None:
    """What the user said first."""
    asked = select(Message.content).where(
        Message.conversation_id == conversation_id, Message.role == "user"
    )
    return db.scalar(asked.order_by(Message.created_at, Message.id).limit(1))


def say(db: Session, row: Conversation, role: MessageRole, content: str) -> Message:
    """One more message of a conversation that the caller has locked."""
    message = Message(conversation_id=row.id, role=role, content=content)
    db.add(message)
    db.flush()
    row.updated_at = now()
    note(db, row.id, "message.added", message.id)
    return message
