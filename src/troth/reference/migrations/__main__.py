"""`python -m troth.reference.migrations show` looks at a database's schema, or changes it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util.exc import CommandError
from sqlalchemy.exc import ArgumentError, OperationalError

import troth.reference.app  # noqa: F401 - with it every table is known
from troth.reference.migrations import known, steps
from troth.reference.settings import PREFIX
from troth.reference.storage import schema
from troth.reference.storage.database import Database

_URL = f"{PREFIX}DATABASE_URL"
at = click.option("--url", envvar=_URL, required=True, help=f"SQLAlchemy URL; or ${_URL}.")


@contextmanager
def _opened(url: str | None) -> Iterator[Database]:
    # What the driver says of a database names its host, not how it is entered.
    try:
        database = Database(url)
    except (ArgumentError, ImportError) as error:
        raise click.ClickException(f"no such kind of database: {error}") from error
    try:
        yield database
    except (schema.SchemaError, CommandError) as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(f"cannot reach the database: {error.orig}") from error
    finally:
        database.close()


def _show(database: Database) -> None:
    with database.engine.connect() as connection:
        click.echo(schema.state(connection))


@click.group()
def main() -> None:
    """The schema of the reference service's database."""


@main.command()
@at
def show(url: str) -> None:
    """Say at which revision a database is."""
    with _opened(url) as database:
        _show(database)


@main.command()
@at
def upgrade(url: str) -> None:
    """Take a database up to head, as every start of the service does."""
    with _opened(url) as database:
        database.create()
        _show(database)


@main.command()
@click.argument("revision", type=click.Choice(["base", *known()]))
@at
def downgrade(revision: str, url: str) -> None:
    """Take a database down to REVISION; what later ones have added is lost."""
    with _opened(url) as database:
        with database.changing() as connection:
            steps.downgrade(connection, revision)
        _show(database)


@main.command()
@click.argument("revision", type=click.Choice(known()))
@at
def stamp(revision: str, url: str) -> None:
    """Note that a database is at REVISION, changing nothing else."""
    with _opened(url) as database:
        with database.changing() as connection:
            steps.stamp(connection, revision)
        _show(database)


@main.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write the next revision into this checkout: what the tables' classes say, and head does not.

    Compared with a throwaway database at head. Read it, then `ruff format` it.
    """
    with _opened(None) as database, database.changing() as connection:
        steps.upgrade(connection)
        steps.write(connection, message)


if __name__ == "__main__":
    main(prog_name=schema.COMMAND)
