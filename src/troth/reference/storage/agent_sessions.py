"""Agent sessions with their messages and checkpoints, of one API key; others' are not found."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    delete,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now

SHOWN = 50
"""So many of a session's last messages are shown, and given to the agent."""


class AgentSession(Base):
    """A session: its settings, its files, where it stands, and whose it is."""

    __tablename__ = "agent_sessions"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    # No foreign key: a fork outlives what it was forked from.
    parent_id: Mapped[str | None] = mapped_column(String(36), default=None)
    status: Mapped[str] = mapped_column(String(16), default="idle")
    run: Mapped[str | None] = mapped_column(String(36), default=None)
    model: Mapped[str] = mapped_column(String(32))
    permission_mode: Mapped[str] = mapped_column(String(16))
    max_turns: Mapped[int]
    turn: Mapped[int] = mapped_column(default=0)
    message_count: Mapped[int] = mapped_column(default=0)
    question: Mapped[str | None] = mapped_column(Text, default=None)
    files: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("agent_sessions_in_order", "key_id", "created_at", "id"),)


class AgentMessage(Base):
    """Something said in a session, at its position."""

    __tablename__ = "agent_messages"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("agent_sessions.id", ondelete="CASCADE"))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("session_id", "position", name="agent_messages_in_order"),)


class AgentCheckpoint(Base):
    """What a session was after a turn."""

    __tablename__ = "agent_checkpoints"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("agent_sessions.id", ondelete="CASCADE"))
    turn: Mapped[int]
    message_count: Mapped[int]
    model: Mapped[str] = mapped_column(String(32))
    permission_mode: Mapped[str] = mapped_column(String(16))
    max_turns: Mapped[int]
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (Index("agent_checkpoints_in_order", "session_id", "created_at", "id"),)


def of_key(key_id: str) -> Select[AgentSession]:
    """The sessions of a key."""
    return select(AgentSession).where(AgentSession.key_id == key_id)


def one(db: Session, key_id: str, id_: str, *, lock: bool = False) -> AgentSession | None:
    """One session of the key, locked against other writers if asked."""
    query = of_key(key_id).where(AgentSession.id == id_.lower())
    return db.scalar(query.with_for_update() if lock else query)


def by_run(db: Session, id_: str, run: str) -> AgentSession | None:
    """The session while `run` is still its last run, locked."""
    query = select(AgentSession).where(AgentSession.id == id_, AgentSession.run == run)
    return db.scalar(query.with_for_update())


def say(db: Session, row: AgentSession, role: str, content: str) -> None:
    """Add a message at the end."""
    db.add(AgentMessage(session_id=row.id, position=row.message_count, role=role, content=content))
    row.message_count += 1


def messages(db: Session, id_: str, *, most: int = SHOWN) -> list[AgentMessage]:
    """The last messages, oldest first."""
    query = select(AgentMessage).where(AgentMessage.session_id == id_)
    newest = db.scalars(query.order_by(AgentMessage.position.desc()).limit(most))
    return list(newest)[::-1]


def copy_messages(db: Session, source: str, target: str) -> None:
    """Give `target` all messages of `source`."""
    query = select(AgentMessage).where(AgentMessage.session_id == source)
    copies: list[dict[str, Any]] = [
        {
            "session_id": target,
            "position": each.position,
            "role": each.role,
            "content": each.content,
        }
        for each in db.scalars(query)
    ]
    db.add_all(AgentMessage(**each) for each in copies)


def mark(db: Session, row: AgentSession) -> AgentCheckpoint:
    """A checkpoint of the session as it is."""
    made = AgentCheckpoint(
        session_id=row.id,
        turn=row.turn,
        message_count=row.message_count,
        model=row.model,
        permission_mode=row.permission_mode,
        max_turns=row.max_turns,
        files=dict(row.files),
    )
    db.add(made)
    db.flush()
    return made


def checkpoints(session_id: str) -> Select[AgentCheckpoint]:
    """The checkpoints of a session."""
    return select(AgentCheckpoint).where(AgentCheckpoint.session_id == session_id)


def checkpoint(db: Session, key_id: str, id_: str) -> tuple[AgentCheckpoint, AgentSession] | None:
    """A checkpoint of one of the key's sessions, with the session, both locked."""
    # Another's is left out here already: what comes next would take longer for it than for none.
    mine = select(AgentCheckpoint.session_id).join(
        AgentSession, AgentSession.id == AgentCheckpoint.session_id
    )
    owner = db.scalar(mine.where(AgentSession.key_id == key_id, AgentCheckpoint.id == id_.lower()))
    row = one(db, key_id, owner, lock=True) if owner else None
    # Read again under the lock: a rewind to an earlier one may have taken it away.
    found = db.scalar(select(AgentCheckpoint).where(AgentCheckpoint.id == id_.lower()))
    return None if row is None or found is None else (found, row)


def rewind(db: Session, row: AgentSession, to: AgentCheckpoint) -> None:
    """Make the session what it was; what came later is gone."""
    later = (AgentMessage.session_id == row.id, AgentMessage.position >= to.message_count)
    db.execute(delete(AgentMessage).where(*later))
    newer = (AgentCheckpoint.session_id == row.id, AgentCheckpoint.turn > to.turn)
    db.execute(delete(AgentCheckpoint).where(*newer))
    row.turn, row.message_count, row.files = to.turn, to.message_count, dict(to.files)
    row.model, row.permission_mode = to.model, to.permission_mode
    row.max_turns, row.question, row.updated_at = to.max_turns, None, now()


def stale(
    db: Session, before: datetime, *, id_: str | None = None, most: int = 100
) -> list[AgentSession]:
    """Sessions whose turn runs since before then; that one, locked, if it is one of them."""
    query = select(AgentSession).where(
        AgentSession.status == "running", AgentSession.updated_at < before
    )
    if id_ is not None:
        query = query.where(AgentSession.id == id_).with_for_update()
    return list(db.scalars(query.limit(most)))
