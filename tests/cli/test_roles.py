"""``troth roles accept``: what a run saw becomes what the next one is compared with."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from troth import cli
from troth.config.load import load
from troth.errors import UsageError
from troth.evidence import manifest
from troth.evidence.roles import read_roles, write_roles
from troth.redaction import Redactor

REFUSED = {"cell": "refused", "status": 403}
SERVED = {"cell": "served", "status": 200}
FACTS = manifest.Facts("orders", "http://127.0.0.1:1", {}, "smoke", "none")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "target.toml").write_text(
        '[target]\nname = "orders"\nbase-url = "http://127.0.0.1:1"\n'
        '[policy]\nreviewed-roles = "reviewed/roles.json"\n'
    )
    (tmp_path / "reviewed").mkdir()
    return tmp_path


@pytest.fixture
def ran(project):
    def run(name, cells, *, target="orders"):
        folder = project / "evidence" / name
        folder.mkdir(parents=True)
        write_roles(folder / "roles.json", target=target, cells=cells, redactor=Redactor([]))
        now = datetime(2026, 1, 2, tzinfo=UTC)
        manifest.finish(
            folder, FACTS, started=now, now=now, counts={}, exit_code=0, redactor=Redactor([])
        )
        return folder

    return run


def accept(*more):
    done = CliRunner().invoke(
        cli.troth, ["roles", "accept", "--target", "target.toml", *more], standalone_mode=False
    )
    if done.exception is not None:
        raise done.exception
    return done.output


def test_the_latest_run_is_what_the_next_is_compared_with(project, ran):
    ran("1", {"viewer": {"GET /a": SERVED}})
    ran("2", {"viewer": {"GET /a": REFUSED}})
    said = accept()
    assert "viewer: GET /a was not asked, is refused" in said
    loaded = load(project / "target.toml")
    assert loaded.file.policy.reviewed_roles == {"viewer": {"GET /a": "refused"}}


def test_a_run_of_a_part_takes_back_no_refusal(project, ran):
    ran("1", {"viewer": {"GET /a": REFUSED, "GET /b": REFUSED}, "admin": {"GET /a": SERVED}})
    accept()
    ran("2", {"viewer": {"GET /b": SERVED}, "admin": {"GET /b": SERVED}})
    assert accept().splitlines()[0] == "viewer: GET /b was refused, is served"
    _, rows = read_roles(project / "reviewed" / "roles.json")
    assert rows["GET /a"] == {"admin": SERVED, "viewer": REFUSED}
    assert rows["GET /b"]["viewer"] == SERVED


def test_a_dry_run_writes_nothing(project, ran):
    ran("1", {"viewer": {"GET /a": REFUSED}})
    assert "1 would change" in accept("--dry-run")
    assert not (project / "reviewed" / "roles.json").exists()


def test_without_a_place_it_says_how_to_name_one(project, ran):
    ran("1", {})
    (project / "target.toml").write_text('[target]\nbase-url = "http://127.0.0.1:1"\n')
    with pytest.raises(UsageError, match=r"has no \[policy\] reviewed-roles; say there where"):
        accept()


def test_without_a_run_it_says_how_to_name_one(project):
    with pytest.raises(UsageError, match=r"no roles\.json in evidence; name the directory"):
        accept()


def test_what_was_changed_since_the_run_is_not_accepted(ran):
    folder = ran("1", {"viewer": {"GET /a": SERVED}})
    text = (folder / "roles.json").read_text()
    (folder / "roles.json").write_text(text.replace("served", "refused"))
    with pytest.raises(UsageError, match=r"not as its run left it: roles\.json"):
        accept()


def test_a_run_of_another_target_is_not_accepted(ran):
    ran("1", {"viewer": {"GET /a": SERVED}})
    accept()
    ran("2", {"viewer": {"GET /a": SERVED}}, target="bills")
    with pytest.raises(UsageError, match="about the target 'bills'"):
        accept()


@pytest.mark.parametrize(
    "content", ["{}", "[]", '{"target": "x", "operations": {"GET /": 1}}', "{"]
)
def test_what_is_no_matrix_is_refused(project, ran, content):
    ran("1", {"viewer": {"GET /a": SERVED}})
    (project / "reviewed" / "roles.json").write_text(content)
    with pytest.raises(UsageError, match=r"is no roles\.json of a run"):
        accept()


def test_it_is_json_that_people_read(project, ran):
    ran("1", {"viewer": {"GET /a": SERVED}})
    accept()
    text = (project / "reviewed" / "roles.json").read_text()
    assert json.loads(text)["target"] == "orders"
    assert text.count("\n") > 5
