"""Live services for all tests that do not need their own: a process has one of each kind."""

from collections.abc import Iterator

import pytest

from tests.reference.databases import fresh
from tests.reference.live import Live, running, settings


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    with running(settings()) as found:
        yield found


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("db")
    with fresh("sqlite", folder) as url, running(settings(database_url=url)) as found:
        yield found


@pytest.fixture(scope="session")
def on_postgres(tmp_path_factory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("db")
    with fresh("postgres", folder) as url, running(settings(database_url=url)) as found:
        yield found


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def stored(request) -> Live:
    """A live service on each kind of database.

    The parameter is not the session's: it would stop and start both services for each file where
    files are given out one by one.
    """
    return request.getfixturevalue(f"on_{request.param}")
