"""What was sent on agents' streams, text for text, in the order it was sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class LedgerEvent(Base):
    """One event of a conversation's stream, or of a workflow run's."""

    __tablename__ = "ledger"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), default=None
    )
    workflow_run_id: Mapped[str | None] = mapped_column(
        ForeignKey("workflow_runs.id", ondelete="CASCADE"), default=None
    )
    run_id: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int]
    type: Mapped[str] = mapped_column(String(32))
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    __table_args__ = (
        UniqueConstraint("conversation_id", "sequence", name="ledger_of_conversation"),
        UniqueConstraint("workflow_run_id", "sequence", name="ledger_of_workflow_run"),
        Index("ledger_of_run", "run_id", "type"),
    )


@dataclass(frozen=True, slots=True)
class Stream:
    """Whose ledger it is: a conversation's, or a workflow run's."""

    conversation_id: str | None = None
    workflow_run_id: str | None = None


def of_stream(stream: Stream) -> Select[LedgerEvent]:
    """All events of the stream."""
    if stream.conversation_id is not None:
        return select(LedgerEvent).where(LedgerEvent.conversation_id == stream.conversation_id)
    return select(LedgerEvent).where(LedgerEvent.workflow_run_id == stream.workflow_run_id)


def last(db: Session, stream: Stream) -> LedgerEvent | None:
    """The event that was appended last."""
    return db.scalar(of_stream(stream).order_by(LedgerEvent.sequence.desc()).limit(1))


def between(db: Session, stream: Stream, after: int, until: int, most: int) -> list[LedgerEvent]:
    """The first events behind `after`, up to `until`."""
    query = of_stream(stream).where(LedgerEvent.sequence > after, LedgerEvent.sequence <= until)
    return list(db.scalars(query.order_by(LedgerEvent.sequence).limit(most)))


def following(before: LedgerEvent | None) -> tuple[int, datetime]:
    """The next sequence number and a later time: pages sort by time, and clocks may stand still."""
    moment = now()
    if before is None:
        return 1, moment
    return before.sequence + 1, max(moment, before.created_at + timedelta(microseconds=1))


def ended(db: Session, run_id: str) -> bool:
    """Whether the run has said its last."""
    query = select(LedgerEvent.id).where(LedgerEvent.run_id == run_id, LedgerEvent.type == "final")
    return db.scalar(query.limit(1)) is not None


def unended(db: Session, before: datetime, *, most: int = 100) -> list[LedgerEvent]:
    """The beginnings of conversations' turns that began before then, and have not said their last.

    The oldest first, a round's worth of them.
    """
    last = aliased(LedgerEvent)
    said = select(last.id).where(last.run_id == LedgerEvent.run_id, last.type == "final")
    query = select(LedgerEvent).where(
        LedgerEvent.conversation_id.is_not(None),
        LedgerEvent.type == "lifecycle",
        LedgerEvent.created_at < before,
        ~said.exists(),
    )
    return list(db.scalars(query.order_by(LedgerEvent.created_at).limit(most)))
