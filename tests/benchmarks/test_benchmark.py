"""The benchmark counts what passed, charges the right process, and tells reached from missed."""

import contextlib
import json
import math
import socket
import sys
import threading
import tomllib
from pathlib import Path

import httpx
import pytest

from benchmarks import child, tools
from benchmarks.__main__ import main
from benchmarks.reached import reached
from benchmarks.relay import Seen, relaying
from benchmarks.service import running, started
from benchmarks.table import Measurement, ratios, spread

HERE = Path(__file__).parent
CONFIG = {
    "target": {
        "start": ["python", "-m", "uvicorn", "counted_service:app", "--port", "{port}"],
        "ready": "/items/newest",
        "spec": "/openapi.json",
        "env": {"PYTHONPATH": str(HERE), "COUNTED_PASSWORD": "open sesame"},
        "invent": ["COUNTED_SECRET"],
    },
    "session": {"login": {"operation": "login"}},
    "principals": {"alice": {"login": {"name": "alice", "password": "${COUNTED_PASSWORD}"}}},
}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with started(CONFIG["target"], tmp_path_factory.mktemp("service") / "log") as found:
        yield found


def test_the_relay_counts_every_request_of_a_connection(service):
    with relaying(service.host, service.port) as relay:
        base = f"http://127.0.0.1:{relay.port}"
        with httpx.Client(base_url=base) as client:
            assert client.get("/items/newest").json() == {"title": "newest"}
            assert client.get("/items").status_code == 401
            body = {"name": "n" * 200_000, "password": "GET /x HTTP/1.1\r\n"}
            assert client.post("/login", json=body).status_code == 401
    assert relay.seen == [
        Seen("GET", "/items/newest", 200),
        Seen("GET", "/items", 401),
        Seen("POST", "/login", 401),
    ]
    assert relay.cpu > 0


def test_the_relay_reports_a_connection_that_ended_without_an_answer():
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def hang_up():
            connection, _ = listener.accept()
            connection.recv(100)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with relaying(*listener.getsockname()) as relay, pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{relay.port}/gone?x=1")
        thread.join()
    assert relay.seen == [Seen("GET", "/gone?x=1", 0)]


def test_a_child_is_charged_with_its_own_children(tmp_path):
    busy = "import time\nwhile time.process_time() < 0.3: pass\n"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    cost = child.run(
        [sys.executable, "-c", parent], cwd=tmp_path, env={}, log=tmp_path / "log", limit=30
    )
    assert cost.exit_code == 0
    assert 0.3 <= cost.cpu < 5
    assert cost.wall > 0


def test_a_child_that_takes_too_long_is_killed(tmp_path):
    forever = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    cost = child.run(forever, cwd=tmp_path, env={}, log=tmp_path / "log", limit=0.2)
    assert cost.exit_code == -9


def test_reached_is_a_documented_success_of_the_most_concrete_path():
    document = {
        "servers": [{"url": "http://example.test/v1/"}],
        "paths": {
            "/a/{id}": {"get": {"responses": {"200": {}}}, "put": {"responses": {"201": {}}}},
            "/a/new": {"get": {"responses": {"2XX": {}}}},
            "/go": {"get": {"responses": {"302": {}}}},
        },
    }
    seen = [
        Seen("GET", "/v1/a/new", 204),
        Seen("PUT", "/v1/a/1", 200),
        Seen("GET", "/v1/go?to=x", 302),
        Seen("GET", "/v1/a/1/2", 200),
    ]
    assert reached(document, seen) == {"GET /a/new", "GET /go"}


def test_toml_reads_back_as_it_was():
    config = {"top": 'é\n"', "t": {"a b": [1, {"c": True}], "d": {"e": {"f": 1.5}}}}
    assert tomllib.loads(tools.toml(config)) == config


def test_the_peer_gets_the_credential_of_the_first_principal(service, tmp_path):
    document = httpx.get(f"http://{service.host}:{service.port}/openapi.json").json()
    job = tools.st_run(service, CONFIG, document, port=1, profile="ci", folder=tmp_path)
    text = (tmp_path / "schemathesis.toml").read_text()
    assert '"path" = "/login"' in text
    assert '"extract_selector" = "/access_token"' in text
    assert job.command[job.command.index("--max-examples") + 1] == "15"
    keyed = {"principals": {"bot": {"api-key": {"header": "X-Key", "value": "${COUNTED_SECRET}"}}}}
    tools.st_run(service, keyed, document, port=1, profile="ci", folder=tmp_path)
    text = (tmp_path / "schemathesis.toml").read_text()
    assert f'"X-Key" = "{service.env["COUNTED_SECRET"]}"' in text


def test_troth_is_told_of_the_relay_and_starts_nothing(service, tmp_path):
    tools.troth(service, CONFIG, port=4711, profile="ci", folder=tmp_path)
    written = tomllib.loads((tmp_path / "target.toml").read_text())
    assert written["target"] == {
        "base-url": "http://127.0.0.1:4711",
        "spec": "http://127.0.0.1:4711/openapi.json",
        "writes": True,
    }
    assert written["principals"] == CONFIG["principals"]


def test_ratios_are_of_medians():
    def one(tool, cases, cpu):
        return Measurement(tool, 1, cases, cpu, 10.0, 5, 10, 0, 0.0)

    found = ratios([one("troth", 100, 1), one("troth", 300, 9), one("st run", 400, 20)])
    assert math.isclose(found["cases"], 0.5)
    assert math.isclose(found["CPU ms/case"], 20 / 50)
    assert ratios([one("troth", 100, 1)]) == {}
    assert spread([1.0, 3.0, 2.0]) == "2 (1 to 3)"
    assert spread([0.5], percent=True) == "50%"


def test_only_plain_http_is_relayed():
    with pytest.raises(SystemExit, match=r"only plain http://"):
        running("https://example.test/openapi.json")


@pytest.mark.parametrize("tool", ["st run", "troth"])
def test_the_command_measures_a_tool_on_a_running_service(service, tmp_path, monkeypatch, tool):
    monkeypatch.setenv("COUNTED_PASSWORD", service.env["COUNTED_PASSWORD"])
    target = tmp_path / "target.toml"
    target.write_text(tools.toml(CONFIG))
    record = tmp_path / "record.json"
    url = f"http://{service.host}:{service.port}/openapi.json"
    arguments = ["--url", url, "--target", str(target), "--profile", "smoke", "--only", tool]
    assert main([*arguments, "--keep", str(tmp_path / "kept"), "--json", str(record)]) == 0
    (measurement,) = json.loads(record.read_text())["measurements"]
    log = next((tmp_path / "kept").glob("1-*/output.log")).read_text()
    assert measurement["cases"] > 10, log
    assert measurement["operations"] == 4
    assert measurement["reached"] >= 3, log
    assert measurement["cpu"] > 0
