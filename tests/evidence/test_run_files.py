"""Findings, JUnit and manifest: written whole, redacted, read back, verified."""

import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from troth.errors import UsageError
from troth.evidence import manifest
from troth.evidence.directory import run_directory
from troth.evidence.findings import VerdictRow, read_findings, write_findings
from troth.evidence.junit import redact_junit
from troth.exchange import Exchange, Request, Response
from troth.finding import Finding
from troth.redaction import Redactor
from troth.verdict import Verdict

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
FACTS = manifest.Facts(
    target="things",
    base_url="http://svc:hunter22@127.0.0.1:1",
    document={"title": "Things", "version": "1", "digest": "ab"},
    profile="smoke",
    seed="7",
    command=("fuzz", "--token=hunter22"),
)


def finding(body=b"x"):
    witness = Exchange(
        4,
        "alice",
        "POST /things",
        Request("POST", "http://127.0.0.1:1/things", (("Authorization", "Bearer hunter22"),), body),
        Response(500, (), b"boom hunter22"),
    )
    return Finding(
        "FUZ103",
        "high",
        "500 boom",
        "a 500 with hunter22",
        (witness,),
        ("POST /things",),
        ("CWE-1",),
    )


def test_findings_read_back(tmp_path):
    row = VerdictRow("FUZ103", "POST /things", Verdict.FAIL, "a 500", 3, 2, 9)
    path = tmp_path / "findings.json"
    body = b"y" * 100_000 + b"\xff"
    write_findings(
        path,
        target="things",
        findings=[finding(body)],
        verdicts=[row],
        notes=["hunter22"],
        redactor=Redactor(["hunter22"]),
    )
    assert "hunter22" not in path.read_text()
    assert json.loads(path.read_bytes())["version"] == 1
    back = read_findings(path)
    (record,) = back.findings
    assert (back.target, back.verdicts, back.notes) == ("things", (row,), ("[secret:1]",))
    assert record.id == finding().fingerprint
    assert record.finding.fingerprint == record.id
    assert record.whole
    assert record.finding.witness.request.body == body
    assert '"Authorization: Bearer $TROTH_TOKEN"' in record.curl


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 1}', '{"version":1,"target":"","findings":[1]}']
)
def test_a_strangers_file_is_a_usage_error(tmp_path, text):
    (tmp_path / "f.json").write_text(text)
    with pytest.raises(UsageError, match="not a findings file"):
        read_findings(tmp_path / "f.json")


def test_a_later_version_is_refused_with_a_remedy(tmp_path):
    (tmp_path / "f.json").write_text('{"version": 2}')
    with pytest.raises(UsageError, match="version 2, this troth reads version 1"):
        read_findings(tmp_path / "f.json")


def finished(directory):
    redactor = Redactor(["hunter22"])
    manifest.start(directory, FACTS, now=NOW, redactor=redactor)
    (directory / "history.jsonl").write_text("line\n")
    (directory / "sub").mkdir()
    (directory / "sub" / "a.txt").write_text("a")
    manifest.finish(
        directory,
        FACTS,
        started=NOW,
        now=NOW,
        counts={"exchanges": 1},
        exit_code=1,
        exit_reasons=["hunter22 leaked"],
        redactor=redactor,
    )
    return directory


def test_a_manifest_names_the_run_and_holds_no_secret(tmp_path):
    text = (finished(tmp_path) / "manifest.json").read_text()
    written = json.loads(text)
    assert "hunter22" not in text
    assert written["state"] == "finished"
    assert written["started"] == "2026-11-21T07:00:00Z"
    assert written["exit"] == {"code": 1, "reasons": ["[secret:1] leaked"]}
    assert set(written["files"]) == {"history.jsonl", "sub/a.txt"}
    assert written["files"]["sub/a.txt"]["size"] == 1
    assert written["dependencies"]["hypothesis"]


def test_verify_sees_every_kind_of_difference(tmp_path):
    assert manifest.verify(finished(tmp_path)) == []
    (tmp_path / "history.jsonl").write_text("lime\n")
    (tmp_path / "sub" / "a.txt").unlink()
    (tmp_path / "more").symlink_to("/")
    assert manifest.verify(tmp_path) == [
        "history.jsonl: changed",
        "sub/a.txt: missing",
        "more: not listed",
    ]


def test_a_killed_run_is_known_by_its_state(tmp_path):
    manifest.start(tmp_path, FACTS, now=NOW, redactor=Redactor())
    assert manifest.verify(tmp_path) == [
        "the run did not finish (state 'running'): nothing was sealed"
    ]


def test_a_manifest_cannot_point_outside(tmp_path):
    (tmp_path / "manifest.json").write_text(
        '{"state":"finished","files":{"../x":{},"/etc/hosts":{}}}'
    )
    assert len(manifest.verify(tmp_path)) == 2


def test_no_manifest_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="name the directory of a run"):
        manifest.verify(tmp_path)


def test_directories_of_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, second = run_directory(None, "a b/é", NOW), run_directory(None, "a b/é", NOW)
    assert first == Path("evidence/20261121T070000Z-a-b")
    assert second == Path("evidence/20261121T070000Z-a-b-2")
    assert run_directory(tmp_path / "own" / "deep", "x", NOW).is_dir()
    finished(first)
    with pytest.raises(UsageError, match=r"holds the run of 2026-11-21T07:00:00Z \(finished\)"):
        run_directory(first, "x", NOW)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--evidence"):
        run_directory(tmp_path / "file", "x", NOW)


def test_junit_keeps_its_form_and_loses_its_secrets(tmp_path):
    path = tmp_path / "junit.xml"
    path.write_text(
        '<?xml version="1.0"?><testsuites><testcase name="t[p&amp;w&quot;4]">'
        "<failure message='Bearer abcdef123456'>p&amp;w\"4 -----BEGIN PRIVATE KEY-----\nx</failure>"
        "</testcase></testsuites>"
    )
    redact_junit(path, Redactor(['p&w"4']))
    root = ET.parse(path).getroot()
    assert root[0].get("name") == "t[[secret:1]]"
    assert root[0][0].get("message") == "Bearer [redacted]"
    assert root[0][0].text.startswith("[secret:1] -----BEGIN PRIVATE KEY-----[redacted]")
