"""The ``troth`` command as people run it: a real process, its output and its exit code."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from troth.cli.run import arguments_of_pytest
from troth.errors import UsageError
from troth.evidence import manifest
from troth.evidence.findings import write_findings
from troth.exchange import Exchange, Request, Response
from troth.finding import Finding
from troth.redaction import Redactor

TROTH = [sys.executable, "-c", "from troth.cli import main; main()"]


def troth(*arguments, cwd=None):
    return subprocess.run(
        [*TROTH, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_the_installed_script_says_its_version():
    script = Path(sys.executable).with_name("troth")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("troth, version ")


def test_help_names_every_command():
    done = troth("--help")
    assert done.returncode == 0
    for name in ("run", "serve", "replay", "matrix", "evidence", "schema"):
        assert f"\n  {name} " in done.stdout


def test_no_command_is_help_and_exit_code_2():
    done = troth()
    assert done.returncode == 2
    assert "Commands:" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["serve", "--port", "x"],
        ["evidence", "verify"],
        ["evidence", "verify", "/nonexistent"],
        ["matrix", "--nope"],
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments):
    done = troth(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("troth: ")
    assert len(done.stderr.splitlines()) == 1
    assert not done.stdout


def test_schema_is_a_json_schema():
    done = troth("schema")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["additionalProperties"] is False
    assert "base-url" in json.dumps(document)


def test_a_reader_that_goes_away_is_no_traceback():
    with subprocess.Popen(
        [*TROTH, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        child.stdout.close()
        assert "Traceback" not in child.stderr.read()


def run_left(directory):
    directory.mkdir(parents=True)
    redactor = Redactor()
    facts = manifest.Facts("things", "http://127.0.0.1:1", {}, "smoke", "1")
    witness = Exchange(
        1, "anonymous", "GET /x", Request("GET", "http://127.0.0.1:1/x"), Response(500)
    )
    findings = [Finding("FUZ103", "high", root, root, (witness,)) for root in ("one", "two")]
    write_findings(
        directory / "findings.json", target="things", findings=findings, redactor=redactor
    )
    now = datetime(2026, 11, 21, tzinfo=UTC)
    manifest.finish(
        directory, facts, started=now, now=now, counts={}, exit_code=1, redactor=redactor
    )
    return findings


def test_evidence_verify(tmp_path):
    run_left(tmp_path / "run")
    whole = troth("evidence", "verify", "run", cwd=tmp_path)
    assert (whole.returncode, whole.stderr) == (0, "")
    (tmp_path / "run" / "x").touch()
    changed = troth("evidence", "verify", "run", cwd=tmp_path)
    assert changed.returncode == 1
    assert changed.stdout == "x: not listed\n"


def test_pytest_gets_suite_and_arguments():
    arguments = arguments_of_pytest(("fuzz", "-k", "GET and things", "--target-url", "http://h"))
    assert arguments[:2] == ["-p", "no:schemathesis"]
    assert arguments[-4:] == ["-k", "GET and things", "--target-url", "http://h"]
    assert any(each.endswith("fuzz") for each in arguments)
    every = arguments_of_pytest(())[-3:]
    assert [Path(each).name for each in every] == ["fuzz", "properties", "security"]


def test_two_dashes_may_stand_before_the_arguments_of_pytest():
    with_dashes = arguments_of_pytest(("fuzz", "--", "--target", "x.toml", "--", "-q"))
    assert with_dashes == arguments_of_pytest(("fuzz", "--target", "x.toml", "--", "-q"))


def test_a_suite_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("troth.cli.suites._CHECKOUT", tmp_path)
    monkeypatch.setattr("troth.cli.suites._PACKAGED", tmp_path)
    with pytest.raises(UsageError, match="no suite `security` in this troth; it has: none"):
        arguments_of_pytest(("security",))


def test_run_is_pytest_with_its_exit_code(tmp_path):
    done = troth("run", "fuzz", "--collect-only", "-q", "--no-such-option", cwd=tmp_path)
    assert done.returncode == 4
    assert "--no-such-option" in done.stderr


def served(tmp_path):
    return subprocess.Popen(
        [*TROTH, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TROTH_REFERENCE_PASSWORD_BOB": "b0b-s3cret"},
    )


def test_serve_says_where_and_who_and_ends_on_interrupt(tmp_path):
    with served(tmp_path) as child:
        try:
            url = child.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), child.stderr.read()
            with urllib.request.urlopen(f"{url}/openapi.json", timeout=20) as answer:
                assert "openapi" in json.load(answer)
        finally:
            child.send_signal(signal.SIGINT)
        # communicate() would lose what readline() has in its buffer.
        out, error = child.stdout.read(), child.stderr.read()
        child.wait(30)
    for invented in ("PASSWORD_ALICE", "KEY_ALICE", "KEY_BOB", "STRIPE_WEBHOOK_SECRET"):
        assert f"TROTH_REFERENCE_{invented}: export TROTH_REFERENCE_{invented}=" in out
    assert "TROTH_REFERENCE_PASSWORD_BOB: as it is set" in out
    assert "b0b-s3cret" not in out
    assert "Traceback" not in error
    assert child.returncode == 130


def test_serve_on_a_port_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = troth("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "choose another with --port" in done.stderr


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ("ffffffffffff", "no finding `ffffffffffff`"),
        ("", "begins more than one finding"),
        ("evidence/run/absent.json", "cannot read evidence/run/absent.json"),
    ],
)
def test_replay_of_what_is_not_there(tmp_path, finding, said):
    run_left(tmp_path / "evidence" / "run")
    done = troth("replay", finding, cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_replay_without_evidence_says_where_it_looked(tmp_path):
    done = troth("replay", "abc", cwd=tmp_path)
    assert done.returncode == 2
    assert "no findings.json in evidence" in done.stderr
