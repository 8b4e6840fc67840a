"""The beginning and the end of a turn in the database: each one transaction, under one lease."""

import logging
from dataclasses import dataclass, field
from typing import Literal, cast

from sqlalchemy.orm import Session

from troth.reference.domain import hooks
from troth.reference.domain.access import Holder
from troth.reference.domain.agent_sessions import (
    CLOSED,
    NOT_WAITING,
    RUNNING,
    made,
    owned,
    resting,
)
from troth.reference.domain.agent_turns import Piece, Question, Step, Turn, TurnFault, Wrote
from troth.reference.logs import log
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError
from troth.reference.schemas import agent_events as events
from troth.reference.schemas import agent_sessions as shapes
from troth.reference.storage import agent_sessions as stored
from troth.reference.storage.agent_sessions import AgentSession
from troth.reference.storage.tables import now
from troth.reference.unreachable import UNREACHABLE


@dataclass(frozen=True)
class Wanted:
    """What is wanted of which session: the one that goes on, or the one that is forked."""

    kind: Literal["query", "resume", "fork", "answer"]
    ask: shapes.Ask | shapes.Query
    source: str = ""


@dataclass(frozen=True)
class Began:
    """A turn that is under way, and the lease it holds."""

    session_id: str
    run: str
    init: events.AgentInit
    turn: Turn
    message_count: int


@dataclass
class Heap:
    """What a turn has come to so far."""

    pieces: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    question: str = ""

    def add(self, step: Step) -> None:
        """One more step."""
        if isinstance(step, Piece):
            self.pieces.append(step.text)
        elif isinstance(step, Question):
            self.question = step.text
        elif isinstance(step, Wrote):
            self.files[step.path] = step.content
            self.said.append(("tool", step.said))
        else:
            self.said.append(("tool", step.text))


def _key(session_id: str) -> str:
    return f"agent-session:{session_id}"


def begin(platform: Platform, owner: Holder, wanted: Wanted, session_id: str) -> Began:
    """Take the session; ProblemError 404 or 409 if that cannot be."""
    if wanted.source:
        with platform.database.read() as db:
            owned(db, owner, wanted.source)  # a stranger learns nothing from a lease
    run = platform.leases.take(_key(session_id), 1, platform.settings.agent_lease)
    if run is None:
        raise ProblemError(409, RUNNING)
    try:
        with platform.database.write() as db:
            row = _row(db, owner, wanted, session_id)
            return _begun(db, row, wanted, run)
    except BaseException:
        platform.leases.release(_key(session_id), run)
        raise


def _row(db: Session, owner: Holder, wanted: Wanted, session_id: str) -> AgentSession:
    if isinstance(wanted.ask, shapes.Query):
        return made(db, owner, wanted.ask, session_id)
    row = owned(db, owner, wanted.source, lock=True)
    if wanted.kind == "answer" and row.status != "waiting":
        raise ProblemError(409, NOT_WAITING)
    if row.status == "closed":
        raise ProblemError(409, CLOSED)
    if wanted.kind != "fork":
        # Whoever holds the lease is alone: a row that says otherwise was left by a dead process.
        return row
    if row.status == "running":
        raise ProblemError(409, RUNNING)
    fork = AgentSession(
        id=session_id,
        key_id=row.key_id,
        parent_id=row.id,
        model=row.model,
        permission_mode=row.permission_mode,
        max_turns=row.max_turns,
        turn=row.turn,
        message_count=row.message_count,
        files=dict(row.files),
    )
    db.add(fork)
    db.flush()
    stored.copy_messages(db, row.id, fork.id)
    stored.mark(db, fork)
    return fork


def _begun(db: Session, row: AgentSession, wanted: Wanted, run: str) -> Began:
    ask = wanted.ask
    heard = tuple((each.role, each.content) for each in stored.messages(db, row.id))
    stored.say(db, row, "user", ask.prompt)
    row.status, row.run, row.question, row.updated_at = "running", run, None, now()
    turn = Turn(
        number=row.turn + 1,
        prompt=ask.prompt,
        model=row.model,
        permission_mode=row.permission_mode,
        skill=ask.skill,
        ask=ask.ask,
        edits=tuple((each.path, each.content) for each in ask.edits),
        files=dict(row.files),
        history=heard,
    )
    init = events.AgentInit(
        session_id=row.id,
        parent_id=row.parent_id,
        turn=turn.number,
        model=cast("shapes.Model", row.model),
        permission_mode=cast("shapes.PermissionMode", row.permission_mode),
    )
    return Began(row.id, run, init, turn, row.message_count)


def finish(
    platform: Platform, began: Began, heap: Heap, fault: TurnFault | None
) -> events.AgentResult | events.AgentError:
    """Keep what the turn has come to, unless somebody interrupted it or it failed."""
    with platform.database.write() as db:
        row = stored.by_run(db, began.session_id, began.run)
        if row is None or row.status != "running":
            count = row.message_count if row else began.message_count
            return _result(began, "interrupted", "".join(heap.pieces), count, None)
        row.updated_at = now()
        if fault is not None:
            row.status = "error"
            hooks.note(db, platform, row, "turn.failed")
            return events.AgentError(
                session_id=row.id,
                code=cast("events.AgentFault", fault.code),
                detail=fault.detail,
            )
        for role, content in heap.said:
            stored.say(db, row, role, content)
        row.files = {**row.files, **heap.files}
        if heap.question:
            stored.say(db, row, "assistant", heap.question)
            row.status, row.question = "waiting", heap.question
            hooks.note(db, platform, row, "turn.waiting")
            return _result(began, "waiting", heap.question, row.message_count, None)
        text = "".join(heap.pieces)
        stored.say(db, row, "assistant", text)
        row.turn += 1
        row.status = resting(row)
        checkpoint = stored.mark(db, row)
        hooks.note(db, platform, row, "turn.completed")
        return _result(began, "completed", text, row.message_count, checkpoint.id)


def _result(
    began: Began, status: shapes.Outcome, text: str, count: int, checkpoint_id: str | None
) -> events.AgentResult:
    return events.AgentResult(
        session_id=began.session_id,
        status=status,
        text=text,
        turn=began.turn.number,
        message_count=count,
        checkpoint_id=checkpoint_id,
    )


def leave(platform: Platform, began: Began) -> None:
    """Give the session back; a turn that was not finished was interrupted."""
    try:
        with platform.database.write() as db:
            row = stored.by_run(db, began.session_id, began.run)
            if row is not None and row.status == "running":
                row.status, row.updated_at = "interrupted", now()
    except UNREACHABLE as error:
        # The row goes on saying `running`, but nobody holds its lease: it can be resumed.
        log(logging.WARNING, "agent.left", exc_info=error, session_id=began.session_id)
    finally:
        platform.leases.release(_key(began.session_id), began.run)
