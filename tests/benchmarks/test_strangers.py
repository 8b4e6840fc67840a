"""What two tools told is told alike, mapped to root causes by hand, and counted by its medians."""

import base64
import json
from pathlib import Path

import httpx
import pytest

from benchmarks import bounded, tools
from benchmarks.alarms import Alarm, of_st, of_troth
from benchmarks.known import explained, load
from benchmarks.service import started
from benchmarks.strangers import main
from benchmarks.told import Outcome, Trial, section, spread, write

HERE = Path(__file__).parent
CAUSES = sorted((HERE.parents[1] / "benchmarks" / "causes").glob("*.toml"))
CONFIG = {
    "target": {
        "name": "counted",
        "start": ["python", "-m", "uvicorn", "counted_service:app", "--port", "{port}"],
        "ready": "/items/newest",
        "spec": "/openapi.json",
        "env": {"PYTHONPATH": str(HERE), "COUNTED_PASSWORD": "open sesame"},
        "exclude": ["GET /items/newest"],
    },
    "session": {"login": {"operation": "login"}},
    "principals": {
        "alice": {"login": {"name": "alice", "password": "${COUNTED_PASSWORD}"}},
        "bob": {"login": {"name": "bob", "password": "${COUNTED_PASSWORD}"}},
        "root": {"token": "let me in", "role": "admin"},
        "robot": {"api-key": {"header": "X-Key", "value": "k"}, "role": "robot"},
    },
}
KNOWN = """
[[cause]]
name = "crash"
true = true
troth = ['^FUZ103 GET /a\\n.*500']
st = ['^not_a_server_error GET /a\\n.*-> 500\\n.*boom']

[[cause]]
name = "argued"
true = false
why = "nobody promised it"
st = ['^not_a_server_error ', '^LoginError GET /b']
"""


def exchange(path, status, second):
    return {
        "started": f"2026-01-01T00:00:{second:02}.000+00:00",
        "elapsed_ms": 500.0,
        "request": {"method": "GET", "url": f"http://x{path}", "body": ""},
        "response": {"status": status, "body": "boom"},
    }


def interaction(status, at):
    content = {"$base64": base64.b64encode(b"boom").decode()}
    return {
        "request": {"method": "GET", "uri": "http://x/a"},
        "response": {"status_code": status, "content": content},
        "timestamp": at,
    }


def scenario(*failed):
    failure = {"operation": "GET /a", "title": "Server error", "message": "it fell"}
    checks = [{"name": "not_a_server_error", "status": "success"}]
    bad = {"name": "not_a_server_error", "status": "failure", "failure_info": {"failure": failure}}
    interactions = {name: interaction(500, at) for name, at in failed}
    recorder = {
        "label": "GET /a",
        "interactions": interactions,
        "checks": {name: [*checks, bad] for name, _ in failed},
    }
    return {"ScenarioFinished": {"timestamp": 99.0, "recorder": recorder}}


@pytest.fixture
def causes(tmp_path):
    (tmp_path / "known.toml").write_text(KNOWN)
    return load(tmp_path / "known.toml")


def test_a_finding_is_an_alarm_on_each_of_its_operations():
    history = [exchange("/b", 200, 1), exchange("/a", 500, 3)]
    told = {"property": "FUZ103", "message": "it fell", "root": "fell", "history": history}
    first, second = of_troth([told | {"operations": ["GET /a", "GET /b"]}])
    assert (first.check, first.operation, second.operation) == ("FUZ103", "GET /a", "GET /b")
    assert first.whole.startswith("FUZ103 GET /a\nit fell\nfell\nGET http://x/b -> 200")
    assert first.at == 1767225603.5, "when what shows it was answered"


def test_each_failed_check_is_an_alarm_and_so_is_an_error():
    error = {"label": "GET /b", "timestamp": 7.0, "value": {"type": "LoginError", "message": "no"}}
    told = [{"EngineStarted": {"timestamp": 1.0}}, scenario(("c", 5.0)), {"NonFatalError": error}]
    failed, broken = of_st(told)
    assert failed.whole == (
        "not_a_server_error GET /a\nServer error\nit fell\nGET http://x/a -> 500\n\nboom"
    )
    assert (failed.at, broken.at) == (5.0, 7.0)
    assert broken.whole == "LoginError GET /b\nno"


def test_the_first_cause_that_explains_an_alarm_has_it(causes):
    early, late = of_st([scenario(("c", 5.0), ("d", 3.0))])
    other = Alarm("st run", "not_a_server_error", "GET /b", "-> 500\nboom", 4.0)
    strange = Alarm("troth", "FUZ999", "GET /a", "?", 6.0)
    found, unmapped = explained([early, late, other, strange], causes)
    assert found == {"crash": 3.0, "argued": 4.0}
    assert unmapped == [strange]


def test_a_pattern_is_of_one_tool(causes):
    alarm = Alarm("troth", "not_a_server_error", "GET /a", "-> 500\nboom", 4.0)
    assert explained([alarm], causes) == ({}, [alarm])


def test_two_causes_of_one_name_are_refused(tmp_path):
    (tmp_path / "known.toml").write_text(KNOWN.replace("argued", "crash"))
    with pytest.raises(SystemExit, match="more than one cause is called crash"):
        load(tmp_path / "known.toml")


@pytest.mark.parametrize("path", CAUSES, ids=lambda path: path.stem)
def test_every_known_cause_can_be_told_and_a_false_one_says_why(path):
    for cause in load(path):
        assert any(cause.patterns.values()), cause.name
        assert cause.true or cause.why, cause.name


def outcome(tool, seed, true, false=(), reached=3):
    operations = [f"GET /{number}" for number in range(4)]
    trial = Trial(
        tool, seed, 0.0, 60.0, 61.0, 100 * seed, operations[:reached], operations, 0.5, 1, 9
    )
    return Outcome(trial, dict.fromkeys(true, 2.0 * seed), dict.fromkeys(false, 1.0))


def test_the_tables_have_medians_and_say_who_found_what_how_often(causes):
    ours = [outcome("troth", 1, ["crash"]), outcome("troth", 2, []), outcome("troth", 3, ["crash"])]
    theirs = [outcome("st run", seed, [], ["argued"], reached=seed) for seed in (1, 2, 3)]
    text = section("counted", [*theirs, *ours], causes)
    lines = text.splitlines()
    assert lines[0] == "| counted | troth | st run |"
    assert "| operations reached, of 4 | 3 | 2 (1 to 3) |" in lines
    assert "| distinct true root causes | 1 (0 to 1) | 0 |" in lines
    assert "| distinct false alarms | 0 | 1 |" in lines
    assert "| seconds to the first true alarm | 4 (2 to 6) | none |" in lines
    assert "| crash | 2 of 3 | 0 of 3 |" in lines
    assert "| argued: nobody promised it | 0 of 3 | 3 of 3 |" in lines
    assert spread([2.0, 2.0]) == "2"


def test_a_table_takes_the_place_of_its_former_one(tmp_path):
    document = tmp_path / "tables.md"
    document.write_text("# Before\n")
    write(document, "one", "first")
    write(document, "two", "second")
    write(document, "one", r"third \1")
    text = document.read_text()
    assert text.startswith("# Before\n")
    assert r"third \1" in text
    assert "first" not in text
    assert text.index("third") < text.index("second")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with started(CONFIG["target"], tmp_path_factory.mktemp("service") / "log") as found:
        yield found


def test_the_peer_gets_the_same_people_and_may_not_send_what_troth_may_not(service, tmp_path):
    document = httpx.get(f"http://{service.host}:{service.port}/openapi.json").json()
    job = bounded.st_run(CONFIG, document, service, tmp_path, port=1, seed=4, bound=60)
    people = json.loads((tmp_path / "auth.json").read_text())["auth"]
    headers = {each["name"]: each["fixedHeaders"][0]["value"] for each in people}
    assert headers == {
        "alice": "Bearer token-of-alice",
        "bob": "Bearer token-of-bob",
        "root": "Bearer let me in",
        "robot": "k",
    }
    assert bounded.equals(CONFIG) == ["alice", "bob"], "an admin may see what is theirs"
    assert '"peers" = ["alice", "bob"]' in (tmp_path / "schemathesis.toml").read_text()
    words = job.command
    assert words[words.index("--exclude-name") + 1] == "GET /items/newest"
    assert words[words.index("--max-time") + 1] == "60"
    assert words[words.index("--seed") + 1] == "4"


def test_a_login_is_found_in_the_password_flow_of_the_document(service, monkeypatch):
    sent = {}

    def request(method, url, **body):
        sent.update(method=method, url=url, **body)
        answer = httpx.Response(200, json={"access_token": "t"})
        answer.request = httpx.Request(method, url)
        return answer

    monkeypatch.setattr(httpx, "request", request)
    flow = {"type": "oauth2", "flows": {"password": {"tokenUrl": "token"}}}
    document = {"components": {"securitySchemes": {"key": {"type": "apiKey"}, "login": flow}}}
    config = {"target": {}, "principals": {"ann": {"login": {"username": "ann"}}}}
    people = bounded.auth_document(config, document, service)
    assert people["auth"][0]["fixedHeaders"] == [{"name": "Authorization", "value": "Bearer t"}]
    assert sent["url"] == f"http://{service.host}:{service.port}/token"
    assert sent["data"] == {"grant_type": "password", "username": "ann"}


def test_the_command_runs_both_and_tells_again_from_what_they_left(
    service, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("COUNTED_PASSWORD", service.env["COUNTED_PASSWORD"])
    target = tmp_path / "counted.toml"
    kept = ("name", "spec", "exclude")
    config = {
        **CONFIG,
        "target": {name: CONFIG["target"][name] for name in kept},
        "principals": {"alice": CONFIG["principals"]["alice"]},
    }
    target.write_text(tools.toml(config))
    everything = """
    [[cause]]
    name = "anything"
    true = true
    troth = ['']
    st = ['']
    """
    (tmp_path / "known.toml").write_text(everything)
    url = f"http://{service.host}:{service.port}/openapi.json"
    arguments = ["--url", url, "--target", str(target), "--known", str(tmp_path / "known.toml")]
    arguments += ["--seeds", "1", "--minutes", "0.05", "--reset", url]
    arguments += ["--keep", str(tmp_path / "kept"), "--write", str(tmp_path / "out.md")]
    assert main(arguments) == 0
    trials = {each.parent.name for each in (tmp_path / "kept").glob("*/trial.json")}
    assert trials == {"counted-troth-1", "counted-st-run-1"}
    assert "| counted | troth | st run |" in (tmp_path / "out.md").read_text()
    (tmp_path / "known.toml").write_text(everything.replace("['']", "['no such thing']"))
    before = {each: each.stat().st_mtime_ns for each in (tmp_path / "kept").rglob("*.json")}
    told = main(arguments)
    assert {each: each.stat().st_mtime_ns for each in before} == before, "nothing is run again"
    found = "explained by nothing" in capsys.readouterr().out
    assert told == int(found)
