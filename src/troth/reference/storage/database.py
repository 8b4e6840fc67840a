"""One engine, and sessions that say beforehand whether they will write."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from troth.reference.storage.tables import Base

# A connection is held only inside one call of one thread, so waiting for one always ends.
_POOL = {"pool_size": 10, "max_overflow": 10, "pool_timeout": 30}
_CREATE_LOCK = 7_270_684


class Database:
    """The engine of one instance, and the folder of its SQLite file where it has no URL."""

    def __init__(self, url: str | None = None) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if url is None:
            self._folder = tempfile.TemporaryDirectory(prefix="troth-reference-")
            url = f"sqlite:///{self._folder.name}/reference.sqlite3"
        self.engine = _engine(url)
        writing = self.engine.execution_options(troth_write=True)
        self._readers = sessionmaker(self.engine, expire_on_commit=False)
        self._writers = sessionmaker(writing, expire_on_commit=False)

    def create(self) -> None:
        """Create what tables are missing, one process at a time."""
        with self.engine.execution_options(troth_write=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_CREATE_LOCK})"))
            Base.metadata.create_all(connection)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads."""
        with self._readers() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back on an exception."""
        with self._writers.begin() as session:
            yield session

    def ping(self) -> None:
        """Raise if the database cannot be reached."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close the pool, and remove the folder if it is ours."""
        self.engine.dispose()
        if self._folder is not None:
            self._folder.cleanup()


def _engine(url: str) -> Engine:
    # Parameters hold what users wrote: they stay out of error texts, and so out of the log.
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 3},
            **_POOL,
        )
    engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": 30}, **_POOL)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer meets SQLITE_BUSY at once; a declared writer waits its turn.
    writing = connection.get_execution_options().get("troth_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
