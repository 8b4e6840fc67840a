"""A started service that dies in the middle of a run is an *error*, with its last words."""

import json

import pytest

from tests.endtoend.suite import troth

SERVICE = """
import http.server, json, os, sys
PATHS = {f"/{name}": {"get": {"responses": {"200": {"description": "fine"}}}} for name in "abc"}
DOCUMENT = {"openapi": "3.1.0", "info": {"title": "Mortal", "version": "1"}, "paths": PATHS}
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/b":
            print("out of memory, said", os.environ["DATABASE_PASSWORD"], flush=True)
            os._exit(9)
        body = json.dumps(DOCUMENT if self.path == "/openapi.json" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""

TARGET = """
[target]
start = ["{python}", "mortal.py", "{port}"]
spec = "/openapi.json"
invent = ["DATABASE_PASSWORD"]
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mortal")
    (folder / "mortal.py").write_text(SERVICE)
    (folder / "mortal.toml").write_text(TARGET)
    return troth("--target", str(folder / "mortal.toml"), evidence=folder / "e")


def test_the_run_is_red_and_orderly(run):
    assert run.code == 1, run.text
    assert run.orderly(), run.text


def test_what_came_before_is_judged(run):
    assert "FUZ101 GET /a: " in run.said("pass")


def test_its_end_and_its_last_words_are_told(run):
    errors = [each for each in run.said("error") if "GET /c" in each]
    assert errors
    assert all("ended with exit code 9; its last lines:" in each for each in errors)
    assert "out of memory, said [secret:" in run.text
    kept = json.dumps([run.verdicts, json.loads((run.evidence / "manifest.json").read_text())])
    assert "out of memory, said [secret:" in kept
