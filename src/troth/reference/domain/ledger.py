"""Appends events to a stream's ledger before they are sent, and replays them byte for byte."""

import json
from collections.abc import AsyncIterator

from pydantic import TypeAdapter
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.schemas.public_events import DONE, SCHEMA, LedgerPage, PublicEvent
from troth.reference.storage import ledger
from troth.reference.storage.ledger import LedgerEvent, Stream
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import new_id

_SHAPE: TypeAdapter[PublicEvent] = TypeAdapter(PublicEvent)
_BATCH = 100


def append(db: Session, stream: Stream, run_id: str, type_: str, **said: object) -> Event:
    """The next event of the stream. Whoever calls holds the lock of what the stream belongs to."""
    sequence, moment = ledger.following(ledger.last(db, stream))
    id_ = new_id()
    shown = _SHAPE.validate_python(
        {
            "schema": SCHEMA,
            "event_id": id_,
            "sequence": sequence,
            "conversation_id": stream.conversation_id,
            "run_id": run_id,
            "created_at": moment,
            "type": type_,
            **said,
        }
    )
    # In ASCII: some readers of event streams take U+2028 and U+0085 for the end of a line.
    text = json.dumps(shown.model_dump(mode="json", by_alias=True), separators=(",", ":"))
    row = LedgerEvent(
        id=id_,
        conversation_id=stream.conversation_id,
        workflow_run_id=stream.workflow_run_id,
        run_id=run_id,
        sequence=sequence,
        type=type_,
        data=text,
        created_at=moment,
    )
    db.add(row)
    db.flush()
    return _sent(row)


def _sent(row: LedgerEvent) -> Event:
    return Event(row.type, row.data, str(row.sequence))


def pages(db: Session, stream: Stream, span: Span) -> LedgerPage:
    """What was sent, a page at a time."""
    rows = page(db, LedgerEvent, ledger.of_stream(stream), span)
    return LedgerPage(
        items=[_SHAPE.validate_json(row.data) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def since(platform: Platform, stream: Stream, after: int) -> list[Event]:
    """Everything behind `after`."""
    with platform.database.read() as db:
        end = ledger.last(db, stream)
        rows = ledger.between(db, stream, after, end.sequence, end.sequence) if end else []
        return [_sent(row) for row in rows]


async def replay(platform: Platform, stream: Stream) -> AsyncIterator[Event]:
    """All that was sent until now, as it was sent, and that this is all."""
    after, until = 0, await run_in_threadpool(_end, platform, stream)
    while after < until:
        rows = await run_in_threadpool(_batch, platform, stream, after, until)
        for row in rows:
            yield _sent(row)
        after = rows[-1].sequence if rows else until  # none: it was deleted meanwhile
    yield Event("done", DONE)


def _end(platform: Platform, stream: Stream) -> int:
    with platform.database.read() as db:
        end = ledger.last(db, stream)
        return end.sequence if end else 0


def _batch(platform: Platform, stream: Stream, after: int, until: int) -> list[LedgerEvent]:
    with platform.database.read() as db:
        return ledger.between(db, stream, after, until, _BATCH)
