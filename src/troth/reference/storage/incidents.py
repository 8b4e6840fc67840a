"""Incidents of the platform, which are everybody's to read, and end once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, Select, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now


class Incident(Base):
    """Something that does not work as it should, or did not."""

    __tablename__ = "incidents"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    component: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (Index("incidents_in_order", "created_at", "id"),)


def everything() -> Select[Incident]:
    """All incidents."""
    return select(Incident)


def latest(db: Session, most: int) -> Sequence[Incident]:
    """The latest, newest first."""
    newest = everything().order_by(Incident.created_at.desc(), Incident.id)
    return db.scalars(newest.limit(most)).all()


def open_severities(db: Session) -> set[tuple[str, str]]:
    """Which components have open incidents, and of which severities."""
    rows = db.execute(
        select(Incident.component, Incident.severity)
        .where(Incident.resolved_at.is_(None))
        .distinct()
    )
    return {(row[0], row[1]) for row in rows}


def resolve(db: Session, incident_id: str) -> bool:
    """End an open incident; of any number that try at once, one is told True."""
    done = db.execute(
        update(Incident)
        .where(Incident.id == incident_id.lower(), Incident.resolved_at.is_(None))
        .values(resolved_at=now())
        .returning(Incident.id),
        execution_options={"synchronize_session": False},
    )
    return done.first() is not None
