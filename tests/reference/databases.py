"""Fresh databases for the tests: a SQLite file, or a PostgreSQL database that goes afterwards."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy

_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432"
KINDS = ("sqlite", "postgres")


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"troth_reference_{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{name}.sqlite3"
        return
    admin = sqlalchemy.create_engine(f"{_POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    try:
        yield f"{_POSTGRES}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
