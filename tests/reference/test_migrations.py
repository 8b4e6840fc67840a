"""The schema comes up by migrations, on both stores: whole, once, and never over what it lost."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import text

import troth
from tests.reference.databases import KINDS, fresh
from tests.reference.live import running, settings
from troth.reference import migrations
from troth.reference.migrations import steps
from troth.reference.migrations.__main__ import main
from troth.reference.storage import schema
from troth.reference.storage.database import Database
from troth.reference.storage.tables import Base

HEAD = migrations.head()
ROWS = (
    """INSERT INTO tenants (id, slug, name, origin, created_at, version, locale, retention_days,
    allow_memory) VALUES ('t', 'kept', 'Kept', 'test', 1, 1, 'en', 90, true)""",
    """INSERT INTO users (id, tenant_id, email, display_name, role, status, password_hash, origin,
    created_at) VALUES ('u', 't', 'a@b.test', 'A', 'owner', 'active', '', 'test', 1)""",
)


@pytest.fixture(params=KINDS)
def url(request, tmp_path):
    with fresh(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def database(url):
    found = Database(url)
    yield found
    found.close()


def state(database):
    with database.engine.connect() as connection:
        return schema.state(connection)


def differences(database):
    with database.engine.connect() as connection:
        return steps.differences(connection)


def people(database):
    with database.read() as db:
        return db.scalar(text("SELECT count(*) FROM users"))


def fill(database):
    with database.write() as db:
        for row in ROWS:
            db.execute(text(row))


def run(*command, **env):
    return subprocess.run(
        command, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )


def tell(*arguments):
    return CliRunner().invoke(main, arguments)


def test_revisions_are_one_line_and_files_are_named_for_them():
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    line = [each.revision for each in script.walk_revisions()]
    assert tuple(reversed(line)) == migrations.known()
    assert script.get_heads() == [migrations.head()]


def test_the_migrated_schema_is_that_of_the_tables(database):
    database.create()
    assert state(database).kind == "current"
    assert differences(database) == []


def test_a_throwaway_database_has_that_schema_too():
    database = Database()
    database.create()
    assert differences(database) == []
    database.close()


def test_a_difference_would_be_seen(database):
    database.create()
    with database.write() as db:
        db.execute(text("DROP INDEX one_live_subscription"))
        db.execute(text("ALTER TABLE users DROP COLUMN display_name"))
    seen = [each[0] for each in differences(database)]
    assert sorted(seen) == ["add_column", "add_index"]


def test_every_revision_leads_down_and_up_again(database):
    database.create()
    for revision in (*reversed(migrations.known()[:-1]), "base"):
        with database.changing() as connection:
            steps.downgrade(connection, revision)
        found = state(database)
        assert found.revision == (None if revision == "base" else revision)
    assert found.kind == "empty"
    database.create()
    assert state(database).kind == "current"
    assert differences(database) == []


def test_names_of_constraints_are_the_same_in_every_database():
    for table in Base.metadata.tables.values():
        assert all(each.name for each in table.constraints), table.name
        names = [str(each.name) for each in (*table.constraints, *table.indexes)]
        assert [each for each in names if len(each) > 63] == []  # PostgreSQL cuts off the rest


def test_many_start_at_once_on_one_empty_database(url):
    def start():
        database = Database(url)
        database.create()
        found = state(database)
        database.close()
        return found.kind

    with ThreadPoolExecutor(4) as pool:
        started = [pool.submit(start) for _ in range(4)]
    assert [each.result() for each in started] == ["current"] * 4


def test_whoever_waits_for_anothers_migration_waits_as_long_as_it_takes(tmp_path):
    waited = """SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'
    AND datname = current_database() AND clock_timestamp() - query_start > interval '1.5 s'"""
    with fresh("postgres", tmp_path) as url, ThreadPoolExecutor(1) as pool:
        first, second = Database(url), Database(url, patience=1)

        def long():
            with first.read() as db:  # a transaction of its own: in one, the view stands still
                return db.scalar(text(waited))

        with first.changing():
            coming = pool.submit(second.create)
            while not long() and not coming.done():
                pass
        coming.result()
        assert state(second).kind == "current"
        first.close()
        second.close()


def test_data_survive_a_restart(url):
    with running(settings(database_url=url)) as live:
        talk = live.talk("alice", "Kept")
    with running(settings(database_url=url)) as live:
        answer = live.call("alice", "GET", f"/api/v1/conversations/{talk}")
        assert answer.json()["display_name"] == "Kept"


def test_a_restart_and_a_throwaway_need_no_alembic(tmp_path):
    with fresh("sqlite", tmp_path) as url:
        first = Database(url)
        first.create()
        first.close()
        program = (
            "import sys; from troth.reference.storage.database import Database\n"
            f"for each in (Database({url!r}), Database()): each.create(); each.close()\n"
            "print('alembic' in sys.modules)"
        )
        assert run(sys.executable, "-c", program).stdout == "False\n"


def test_an_older_database_is_brought_up_with_what_it_holds(database):
    with database.changing() as connection:
        steps.upgrade(connection, "0001")
    fill(database)
    database.create()
    assert state(database).kind == "current"
    assert people(database) == 1


def test_a_table_is_altered_without_losing_what_refers_to_it(database):
    database.create()
    fill(database)
    with database.changing() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("tenants", recreate="auto") as table:
            table.alter_column("name", new_column_name="title")
    assert people(database) == 1
    with pytest.raises(Exception, match=r"(?i)foreign key"), database.write() as db:
        db.execute(text(ROWS[1].replace("'u', 't'", "'v', 'nobody'").replace("a@b", "c@d")))


def test_a_change_that_breaks_references_is_taken_back(tmp_path):
    with fresh("sqlite", tmp_path) as url:
        database = Database(url)
        database.create()
        fill(database)
        with pytest.raises(schema.SchemaError), database.changing() as connection:
            connection.execute(text("DELETE FROM tenants"))
        with database.read() as db:
            assert db.scalar(text("SELECT count(*) FROM tenants")) == 1
        database.close()


def test_a_newer_database_is_refused_and_left_alone(database):
    database.create()
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.SchemaError, match=r"revision 9999.*newer version"):
        database.create()
    assert state(database).revision == "9999"
    assert people(database) == 0


def test_the_service_says_in_its_log_why_it_does_not_start(tmp_path):
    with fresh("sqlite", tmp_path) as url:
        database = Database(url)
        with database.changing() as connection:
            Base.metadata.create_all(connection)
        database.close()
        command = (sys.executable, "-m", "troth.reference", "--port", "0")
        refused = run(*command, TROTH_REFERENCE_DATABASE_URL=url)
    assert refused.returncode == 1
    record = json.loads(refused.stdout)
    assert (record["event"], record["level"]) == ("schema.refused", "critical")
    assert "records no revision" in record["reason"]
    assert refused.stderr == ""


def test_tables_without_a_revision_are_refused_until_it_is_told(url, database):
    with database.changing() as connection:
        Base.metadata.create_all(connection)
    with pytest.raises(schema.SchemaError, match=f"stamp {HEAD}"):
        database.create()
    assert tell("stamp", HEAD, "--url", url).output == f"revision {HEAD}, head {HEAD}: current\n"
    database.create()


def test_the_command_shows_and_changes(url):
    steps = [
        (("show",), "no revision, head {}: empty"),
        (("upgrade",), "revision {0}, head {0}: current"),
        (("downgrade", "0001"), "revision 0001, head {}: older"),
        (("downgrade", "base"), "no revision, head {}: empty"),
    ]
    for arguments, said in steps:
        told = tell(*arguments, "--url", url)
        assert (told.exit_code, told.output) == (0, said.format(HEAD) + "\n")
    assert tell("downgrade", "0003", "--url", url).exit_code == 1


def test_tables_of_others_are_none_of_our_business(database):
    with database.write() as db:
        db.execute(text("CREATE TABLE somebody_elses (id INTEGER)"))
    database.create()
    assert state(database).kind == "current"


def test_the_command_says_what_is_wrong_and_no_password():
    unreachable = "postgresql+psycopg://postgres:pass-canary@127.0.0.1:1/nothing"
    for url in (unreachable, "nothing://x:pass-canary@h/d", "pass-canary"):
        failed = tell("show", "--url", url)
        assert failed.exit_code == 1
        assert failed.output.startswith("Error: ")
        assert "canary" not in failed.output


def test_there_is_nothing_to_write_when_nothing_has_changed():
    told = tell("revision", "Nothing")
    assert told.exit_code == 1
    assert "nothing to write" in told.output


def test_a_developer_writes_the_next_revision(url, tmp_path):
    """In a copy with one column more: written, applied, and refused by this version."""
    copy = tmp_path / "copy" / "troth"
    shutil.copytree(Path(troth.__file__).parent, copy)
    tables = copy / "reference" / "storage" / "tables.py"
    column = "    slug: Mapped[str] = mapped_column(String(64), unique=True)\n"
    added = "    motto: Mapped[str | None] = mapped_column(Text, unique=True)\n"
    tables.write_text(tables.read_text().replace(column, column + added))
    database = Database(url)
    database.create()
    fill(database)
    number = f"{int(HEAD) + 1:04}"
    written = copy / "reference" / "migrations" / "versions" / f"{number}_tenants_have_a_motto.py"
    program = (
        "from troth.reference.migrations.__main__ import main\n"
        "for each in (['revision', 'Tenants have a motto'], ['upgrade']):\n"
        "    main(each, standalone_mode=False)\n"
    )
    env = {"PYTHONPATH": str(copy.parent), "TROTH_REFERENCE_DATABASE_URL": url}
    done = run(sys.executable, "-c", program, **env)
    assert done.stdout.endswith(f"revision {number}, head {number}: current\n"), done.stderr
    assert written.read_text().startswith('"""Tenants have a motto."""\n')
    assert people(database) == 1
    with pytest.raises(schema.SchemaError, match=f"revision {number}"):
        database.create()
    database.close()
