"""How a database's schema stands to the one this version works with, and how it gets there."""

import importlib
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, inspect, text

from troth.reference.migrations import head, known
from troth.reference.storage.tables import Base

Kind = Literal["empty", "older", "current", "unknown", "unrecorded"]
COMMAND = "python -m troth.reference.migrations"
_SHOWN = 5


class SchemaError(Exception):
    """A database whose schema this version does not understand: it stays as it is."""


@dataclass(frozen=True)
class State:
    """What a database says of its schema."""

    kind: Kind
    revision: str | None = None
    tables: tuple[str, ...] = ()
    """Of ours, those that are there without a revision."""

    def __str__(self) -> str:
        where = f"revision {self.revision}" if self.revision else "no revision"
        return f"{where}, head {head()}: {self.kind}"


def state(connection: Connection) -> State:
    """The state of a database: what it has recorded, or what it has without."""
    there = set(inspect(connection).get_table_names())
    if "alembic_version" in there:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        if found:
            revision = "+".join(sorted(found))
            if revision not in known():
                return State("unknown", revision)
            return State("current" if revision == head() else "older", revision)
    ours = tuple(sorted(there & set(Base.metadata.tables)))
    return State("unrecorded", tables=ours) if ours else State("empty")


def bring_up(connection: Connection) -> None:
    """Upgrade to head, or refuse; the caller's transaction holds all of it, and the lock."""
    found = state(connection)
    if found.kind in ("unknown", "unrecorded"):
        raise SchemaError(_refusal(found))
    if found.kind != "current":
        steps().upgrade(connection)


def make_throwaway(connection: Connection) -> None:
    """The whole schema at once, in a database that goes with its process.

    Nobody will ever upgrade it, and importing Alembic would take longer (0.3 s) than all the rest;
    a test holds that the migrations lead to the very same schema.
    """
    Base.metadata.create_all(connection)


def steps() -> Any:
    """Alembic's commands; slow to import, and seldom needed."""
    return importlib.import_module("troth.reference.migrations.steps")


def _refusal(found: State) -> str:
    if found.kind == "unknown":
        return (
            f"the database is at revision {found.revision}, which this version does not know "
            f"(it knows {known()[0]} to {head()}): a newer version has made it; run that one, or "
            f"have it take the database back: {COMMAND} downgrade {head()}"
        )
    names = ", ".join(found.tables[:_SHOWN]) + (", …" if len(found.tables) > _SHOWN else "")
    return (
        f"the database has tables of ours ({names}) but records no revision: give another, empty "
        f"database, or, if its tables are those of revision {head()}, say so: {COMMAND} stamp "
        f"{head()}"
    )
