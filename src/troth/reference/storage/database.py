"""One engine, and sessions that say beforehand whether they will write."""

import importlib
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from troth.reference import timing
from troth.reference.storage import schema

_CREATE_LOCK = 7_270_684


@dataclass(frozen=True)
class Pool:
    """How many connections there may be, and how long anybody waits for one.

    A connection is held only inside one call of one thread, so waiting for one always ends.
    """

    size: int = 10
    overflow: int = 10
    timeout: float = 30.0
    connect_timeout: int = 3


class Database:
    """The engine of one instance, and the folder of its SQLite file where it has no URL."""

    def __init__(
        self,
        url: str | None = None,
        pool: Pool = Pool(),
        *,
        patience: float = 10.0,
        folder: Path | None = None,
    ) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._throwaway = url is None
        if url is None and folder is not None:
            url = f"sqlite:///{folder}/reference.sqlite3"
        if url is None:
            self._folder = tempfile.TemporaryDirectory(prefix="troth-reference-")
            url = f"sqlite:///{self._folder.name}/reference.sqlite3"
        self.engine = _engine(url, pool, patience)
        timing.listen(self.engine)
        writing = self.engine.execution_options(troth_write=True)
        self._readers = sessionmaker(self.engine, expire_on_commit=False)
        self._writers = sessionmaker(writing, expire_on_commit=False)

    def create(self) -> None:
        """Bring the schema up, one process at a time; what is up already is only looked at."""
        if self._throwaway:
            with self.changing() as connection:
                schema.make_throwaway(connection)
            return
        with self.engine.connect() as connection:
            found = schema.state(connection)
        if found.kind != "current":
            with self.changing() as connection:
                schema.bring_up(connection)

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A connection in one transaction, which alone may change the schema."""
        with self.engine.execution_options(troth_write=True).connect() as connection:
            lite = connection.dialect.name == "sqlite"
            if lite:
                # SQLite alters a table by making a new one and dropping the old, and a drop
                # cascades. This is said outside the transaction, or not heard.
                _pragma(connection, "foreign_keys=OFF")
            else:
                # Neither another's migration nor a large table of ours is a server gone silent.
                driver: Any = connection.connection.driver_connection
                driver.patience = math.inf
            try:
                with connection.begin():
                    if not lite:
                        connection.execute(text(f"SELECT pg_advisory_xact_lock({_CREATE_LOCK})"))
                    yield connection
                    if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise schema.SchemaError("the change leaves references to nothing")
            finally:
                if lite:
                    _pragma(connection, "foreign_keys=ON")
                else:
                    del driver.patience

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


def _engine(url: str, pool: Pool, patience: float) -> Engine:
    parsed = make_url(url)
    given: dict[str, Any] = {
        "pool_size": pool.size,
        "max_overflow": pool.overflow,
        "pool_timeout": pool.timeout,
        # They are what users wrote: they stay out of error texts, and so out of the log.
        "hide_parameters": True,
    }
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(
            parsed,
            pool_pre_ping=True,
            connect_args={"connect_timeout": pool.connect_timeout},
            **given,
        )
        # The driver is an extra: only whoever has such a database needs it.
        importlib.import_module("troth.reference.storage.bounded").install(engine, patience)
        return engine
    engine = create_engine(parsed, connect_args={"timeout": 30}, **given)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _pragma(connection: Connection, pragma: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer meets SQLITE_BUSY at once; a declared writer waits its turn.
    writing = connection.get_execution_options().get("troth_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
