"""Pages of a table in one stable, total order: created first, then by id."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from troth.reference.storage.tables import EPOCH, micros


class Listed(Protocol):
    """A row that can be paged."""

    id: Any
    created_at: Any


Row = TypeVar("Row", bound=Listed)


@dataclass(frozen=True)
class Span:
    """Which rows: so many, after leaving out so many, behind a cursor if there is one."""

    limit: int
    offset: int = 0
    cursor: str | None = None


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """The rows of one page, how many there are in all, and where the next page begins."""

    items: list[Row]
    total: int
    next_cursor: str | None


def cursor_at(created_at: datetime, id_: str) -> str:
    """The position just behind one row: 14 hex digits of time, 32 of id."""
    return f"{micros(created_at):014x}{id_.replace('-', '')}"


def position(cursor: str) -> tuple[datetime, str]:
    """What `cursor_at` was given. Every string of its pattern is a position."""
    digits = cursor[14:]
    cuts = (0, 8, 12, 16, 20, 32)
    pieces = [digits[start:end] for start, end in pairwise(cuts)]
    return EPOCH + timedelta(microseconds=int(cursor[:14], 16)), "-".join(pieces)


def page(db: Session, model: type[Row], query: Select[Row], span: Span) -> Rows[Row]:
    """One page of `query`."""
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    if span.cursor is not None:
        moment, id_ = position(span.cursor)
        query = query.where(
            or_(
                model.created_at > moment,
                and_(model.created_at == moment, model.id > id_),
            )
        )
    query = query.order_by(model.created_at, model.id).offset(span.offset).limit(span.limit + 1)
    found = list(db.scalars(query))
    items = found[: span.limit]
    more = len(found) > span.limit
    return Rows(items, total, cursor_at(items[-1].created_at, items[-1].id) if more else None)
