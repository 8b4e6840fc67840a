"""Workflow runs of a tenant, each moved from state to state by one conditional UPDATE."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from troth.reference.storage.tables import Base, Moment, new_id, now

BEFORE: Mapping[str, tuple[str, ...]] = {
    "running": ("queued", "waiting"),
    "waiting": ("running",),
    "succeeded": ("running",),
    "failed": ("queued", "running"),
    "canceled": ("queued", "running", "waiting"),
}
"""From which states a run comes into each; it begins as queued."""
ENDS = ("succeeded", "failed", "canceled")


class WorkflowRun(Base):
    """One run of a workflow; deleted ones are kept, unseen."""

    __tablename__ = "workflow_runs"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    workflow_key: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16), default="queued")
    message: Mapped[str] = mapped_column(Text)
    output: Mapped[str | None] = mapped_column(Text, default=None)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (Index("workflow_runs_in_order", "tenant_id", "created_at", "id"),)


class WorkflowStep(Base):
    """One step of a run."""

    __tablename__ = "workflow_steps"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    run_id: Mapped[str] = mapped_column(ForeignKey("workflow_runs.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(16), default="pending")
    output: Mapped[str | None] = mapped_column(Text, default=None)
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    finished_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (UniqueConstraint("run_id", "position", name="workflow_steps_in_order"),)


def of_tenant(tenant_id: str) -> Select[WorkflowRun]:
    """The tenant's runs that are not deleted."""
    return select(WorkflowRun).where(
        WorkflowRun.tenant_id == tenant_id, WorkflowRun.deleted_at.is_(None)
    )


def one(db: Session, tenant_id: str, run_id: str, *, lock: bool = False) -> WorkflowRun | None:
    """One run of the tenant, locked against other writers if asked."""
    query = of_tenant(tenant_id).where(WorkflowRun.id == run_id.lower())
    return db.scalar(query.with_for_update() if lock else query)


def steps(db: Session, run_id: str) -> list[WorkflowStep]:
    """The steps of a run, first to last."""
    query = select(WorkflowStep).where(WorkflowStep.run_id == run_id)
    return list(db.scalars(query.order_by(WorkflowStep.position)))


def hold(db: Session, run_id: str, status: str) -> bool:
    """Lock the run until the transaction ends, if it is in that state."""
    query = select(WorkflowRun.id).where(WorkflowRun.id == run_id, WorkflowRun.status == status)
    return db.scalar(query.with_for_update()) is not None


def move(db: Session, run_id: str, to: str, *, output: str | None = None) -> bool:
    """Bring the run into another state; False if it is in none from which that may be."""
    moment = now()
    changes: dict[str, object] = {"status": to, "updated_at": moment}
    if to in ENDS:
        changes |= {"finished_at": moment, "output": output}
    moved = db.execute(
        update(WorkflowRun)
        .where(WorkflowRun.id == run_id, WorkflowRun.status.in_(BEFORE[to]))
        .values(changes)
        .returning(WorkflowRun.id),
        execution_options={"synchronize_session": False},
    )
    return moved.first() is not None


def move_step(db: Session, run_id: str, key: str, to: str, **changes: object) -> None:
    """Bring a step of a locked run into another state."""
    moment = now()
    timed = {"finished_at": moment} if to in ENDS else {"started_at": moment}
    db.execute(
        update(WorkflowStep)
        .where(WorkflowStep.run_id == run_id, WorkflowStep.key == key)
        .values(status=to, **timed, **changes),
        execution_options={"synchronize_session": False},
    )


def end_steps(db: Session, run_id: str, to: str) -> None:
    """Bring those steps of a locked run to an end that have begun and not ended."""
    db.execute(
        update(WorkflowStep)
        .where(WorkflowStep.run_id == run_id, WorkflowStep.status.in_(("running", "waiting")))
        .values(status=to, finished_at=now()),
        execution_options={"synchronize_session": False},
    )


def stale(
    db: Session, before: datetime, *, run_id: str | None = None, most: int = 100
) -> list[str]:
    """Runs that go on since before then; that one, locked, if it is one of them."""
    query = select(WorkflowRun.id).where(
        WorkflowRun.status.in_(("queued", "running")), WorkflowRun.updated_at < before
    )
    if run_id is not None:
        query = query.where(WorkflowRun.id == run_id).with_for_update()
    return list(db.scalars(query.limit(most)))
