"""A row put in place by its unique key, in one statement: of any number at once, none fails."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from troth.reference.storage.tables import Base

Insert = sqlite.Insert | postgresql.Insert
Row = TypeVar("Row", bound=Base)


def put(db: Session, model: type[Row], key: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
    """The row of that key, which now has these values; defaults are for a new one only."""
    statement = insert(db, model).values(**key, **values)
    # Set to itself where there is nothing to change: only a changed row is returned.
    changes = dict(values) or {name: statement.excluded[name] for name in key}
    whole = statement.on_conflict_do_update(index_elements=list(key), set_=changes)
    options = {"populate_existing": True}
    row: Row = db.scalars(whole.returning(model), execution_options=options).one()
    return row


def insert(db: Session, model: Any) -> Insert:
    """An INSERT into the table of `model` that can say what to do on a conflict."""
    if db.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)
