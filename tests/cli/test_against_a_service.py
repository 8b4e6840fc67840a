"""``troth matrix`` and ``troth replay`` against a service that nobody configured."""

import http.server
import json
import subprocess
import sys
import threading

import pytest

from troth.evidence.findings import write_findings
from troth.exchange import Exchange, Request, Response
from troth.finding import Finding
from troth.redaction import Redactor

TROTH = [sys.executable, "-c", "from troth.cli import main; main()"]
OK = {"200": {"description": "ok", "content": {"application/json": {"schema": {}}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {
        "/things": {"get": {"operationId": "listThings", "responses": OK}},
        "/broken": {"get": {"responses": OK}},
    },
}
GATED = """
[target]
name = "small"
base-url = "{url}"
spec = "/openapi.json"
exclude = ["GET /broken"]

[operations."GET /absent"]
expect = {{ status = 200 }}

[operations.listThings]
expect = {{ status = 200, "/items" = "list" }}
"""


class Small(http.server.BaseHTTPRequestHandler):
    """Serves its document; ``/broken`` is a 500 while ``server.broken``."""

    def do_GET(self):
        broken = self.path == "/broken" and self.server.broken
        content = json.dumps(DOCUMENT if self.path == "/openapi.json" else {"items": []}).encode()
        self.send_response(500 if broken else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Small) as served:
        served.broken = True
        served.url = f"http://127.0.0.1:{served.server_address[1]}"
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield served
        served.shutdown()
        thread.join()


def troth(*arguments, cwd):
    return subprocess.run(
        [*TROTH, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=90,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_matrix_of_a_service_without_a_file(server, tmp_path):
    done = troth("matrix", "--target-url", f"{server.url}/openapi.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[:2] for row in rows] == [["covered", "GET /things"], ["covered", "GET /broken"]]
    assert "FUZ101" in rows[0][2]


def test_matrix_with_a_file(server, tmp_path):
    (tmp_path / "small.toml").write_text(GATED.format(url=server.url))
    done = troth("matrix", "--target", "small.toml", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = {row["operation"]: row for row in json.loads(done.stdout)}
    assert rows["GET /things"]["assertion"] == "status 200, /items: list"
    assert rows["GET /broken"]["state"] == "gated"
    assert rows["GET /absent"]["state"] == "disabled"


def found(server, path, target):
    request = Request("GET", f"{server.url}/broken")
    witness = Exchange(1, "anonymous", "GET /broken", request, Response(500))
    finding = Finding("FUZ103", "high", "500", "a 500", (witness,), ("GET /broken",))
    path.parent.mkdir(parents=True)
    write_findings(path, target=target, findings=[finding], redactor=Redactor())
    return finding.fingerprint


def test_replay_says_whether_it_still_fails(server, tmp_path):
    netloc = server.url.removeprefix("http://")
    name = found(server, tmp_path / "evidence" / "run" / "findings.json", netloc)
    still = troth("replay", name[:5], "--target-url", f"{server.url}/openapi.json", cwd=tmp_path)
    assert still.returncode == 1, still.stderr
    assert f"{name} FUZ103: still fails" in still.stdout
    server.broken = False
    fixed = troth(
        "replay",
        "evidence/run/findings.json",
        "--target-url",
        f"{server.url}/openapi.json",
        cwd=tmp_path,
    )
    assert fixed.returncode == 0, fixed.stderr
    assert "does not fail any more: 200 where 500 was recorded" in fixed.stdout
