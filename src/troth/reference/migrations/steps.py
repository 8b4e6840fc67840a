"""Alembic's commands, without its ini file, on a connection that is in its transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from troth.reference.migrations import HERE, head
from troth.reference.migrations.rendering import OPTIONS
from troth.reference.storage.tables import Base

# What Alembic runs on (`alembic.op`, `alembic.context`) is one for the whole process.
_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def _configured(connection: Connection) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        yield config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Take the schema up to a revision."""
    with _configured(connection) as config:
        command.upgrade(config, revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Take the schema down to a revision, or to `base`, which is none; data of later ones go."""
    with _configured(connection) as config:
        command.downgrade(config, revision)


def stamp(connection: Connection, revision: str = "head") -> None:
    """Note a revision without doing anything."""
    with _configured(connection) as config:
        command.stamp(config, revision)


def differences(connection: Connection) -> list[Any]:
    """What a database's schema lacks, or has too much, beside the tables' classes."""
    found: list[Any] = compare_metadata(
        MigrationContext.configure(connection, opts=OPTIONS), Base.metadata
    )
    return found


def write(connection: Connection, message: str) -> None:
    """Write the next revision: what the tables have become since the database's, which is head."""
    if not differences(connection):
        raise CommandError("the tables' classes say what head says: there is nothing to write")
    number = f"{int(head()) + 1:04}"
    with _configured(connection) as config:
        command.revision(config, message, autogenerate=True, rev_id=number)
