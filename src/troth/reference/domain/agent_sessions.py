"""Agent sessions, each its API key's alone: begun, read, set, interrupted, rewound, ended."""

from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain.access import Holder
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import agent_sessions as shapes
from troth.reference.storage import agent_sessions as stored
from troth.reference.storage.agent_sessions import AgentCheckpoint, AgentSession
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import new_id, now

RUNNING = "A turn of this session is running."
CLOSED = "This session has had all its turns; raise max_turns, or rewind it."
NOT_WAITING = "This session does not wait for an answer."
_FINISHED = "A session that is closed or has failed has nothing to interrupt."


def topic(session_id: str) -> str:
    """Where whoever runs the session's turn listens for its interruption."""
    return f"agent-session:{session_id}"


def owned(db: Session, owner: Holder, id_: str, *, lock: bool = False) -> AgentSession:
    """The owner's session of that id; ProblemError 404 for any other."""
    found = stored.one(db, owner.key_id, id_, lock=lock)
    if found is None:
        raise unknown()
    return found


def made(
    db: Session, owner: Holder, new: shapes.NewAgentSession | shapes.Query, id_: str
) -> AgentSession:
    """A new session, with the checkpoint of its beginning."""
    row = AgentSession(
        id=id_,
        key_id=owner.key_id,
        model=new.model,
        permission_mode=new.permission_mode,
        max_turns=new.max_turns,
        files={},
        turn=0,
        message_count=0,
    )
    db.add(row)
    db.flush()
    stored.mark(db, row)
    return row


def resting(row: AgentSession) -> str:
    """The status of a session that nobody runs, and that waits for nothing."""
    return "closed" if row.turn >= row.max_turns else "idle"


def start(
    platform: Platform, owner: Holder, new: shapes.NewAgentSession
) -> shapes.AgentSessionShown:
    """A new session."""
    with platform.database.write() as db:
        return shown(made(db, owner, new, new_id()))


def pages(platform: Platform, owner: Holder, span: Span) -> shapes.AgentSessionPage:
    """The owner's sessions."""
    with platform.database.read() as db:
        rows = page(db, AgentSession, stored.of_key(owner.key_id), span)
    return shapes.AgentSessionPage(
        sessions=[shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, owner: Holder, id_: str) -> shapes.AgentSessionDetail:
    """One session."""
    with platform.database.read() as db:
        return _detail(db, owned(db, owner, id_))


def remove(platform: Platform, owner: Holder, id_: str) -> None:
    """Delete a session; a turn that runs in it is interrupted."""
    with platform.database.write() as db:
        row = owned(db, owner, id_, lock=True)
        db.delete(row)
    platform.bus.publish(topic(row.id), {"run": row.run})


def interrupt(platform: Platform, owner: Holder, id_: str) -> shapes.AgentSessionStatus:
    """Stop what the session does, or waits for."""
    with platform.database.write() as db:
        row = owned(db, owner, id_, lock=True)
        if row.status in ("closed", "error"):
            raise ProblemError(409, _FINISHED)
        row.status, row.question, row.updated_at = "interrupted", None, now()
    # Committed first: who is told must find it so.
    platform.bus.publish(topic(row.id), {"run": row.run})
    return shapes.AgentSessionStatus(session_id=row.id, status="interrupted")


def control(
    platform: Platform, owner: Holder, id_: str, new: shapes.Control
) -> shapes.AgentSessionShown:
    """Set a session; a turn that runs goes on as it began."""
    with platform.database.write() as db:
        row = owned(db, owner, id_, lock=True)
        row.model = new.model or row.model
        row.permission_mode = new.permission_mode or row.permission_mode
        row.max_turns = new.max_turns or row.max_turns
        if row.status in ("idle", "closed"):
            row.status = resting(row)
        row.updated_at = now()
        return shown(row)


def checkpoints(
    platform: Platform, owner: Holder, id_: str, span: Span
) -> shapes.AgentCheckpointPage:
    """What the session can be again."""
    with platform.database.read() as db:
        row = owned(db, owner, id_)
        rows = page(db, AgentCheckpoint, stored.checkpoints(row.id), span)
    return shapes.AgentCheckpointPage(
        checkpoints=[_checkpoint(each) for each in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def rewind(platform: Platform, owner: Holder, id_: str) -> shapes.AgentSessionDetail:
    """Make the checkpoint's session exactly what it was."""
    with platform.database.write() as db:
        found = stored.checkpoint(db, owner.key_id, id_)
        if found is None:
            raise unknown()
        to, row = found
        if row.status == "running":
            raise ProblemError(409, RUNNING)
        stored.rewind(db, row, to)
        row.status = resting(row)
        db.flush()
        return _detail(db, row)


def shown(row: AgentSession) -> shapes.AgentSessionShown:
    """A session as it is shown in a list."""
    return shapes.AgentSessionShown(
        session_id=row.id,
        parent_id=row.parent_id,
        status=cast("shapes.Status", row.status),
        model=cast("shapes.Model", row.model),
        permission_mode=cast("shapes.PermissionMode", row.permission_mode),
        max_turns=row.max_turns,
        turn=row.turn,
        message_count=row.message_count,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _detail(db: Session, row: AgentSession) -> shapes.AgentSessionDetail:
    said = [
        shapes.AgentMessageShown(
            position=each.position, role=cast("shapes.Speaker", each.role), content=each.content
        )
        for each in stored.messages(db, row.id)
    ]
    return shapes.AgentSessionDetail(
        **shown(row).model_dump(), question=row.question, files=row.files, messages=said
    )


def _checkpoint(row: AgentCheckpoint) -> shapes.AgentCheckpointShown:
    return shapes.AgentCheckpointShown(
        checkpoint_id=row.id,
        session_id=row.session_id,
        turn=row.turn,
        message_count=row.message_count,
        model=cast("shapes.Model", row.model),
        permission_mode=cast("shapes.PermissionMode", row.permission_mode),
        max_turns=row.max_turns,
        files=row.files,
        created_at=row.created_at,
    )
