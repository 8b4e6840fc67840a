"""One live service for all tests that do not need their own."""

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy

from tests.reference.live import Live, running, settings

_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432"


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    with running(settings()) as found:
        yield found


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def database_url(request, tmp_path_factory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db')}/test.sqlite3"
        return
    name = f"troth_reference_{uuid.uuid4().hex[:12]}"
    admin = sqlalchemy.create_engine(f"{_POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    try:
        yield f"{_POSTGRES}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture(scope="session")
def stored(database_url) -> Iterator[Live]:
    """A live service on each kind of database."""
    with running(settings(database_url=database_url)) as found:
        yield found
