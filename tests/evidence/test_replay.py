"""A finding's history is sent again: ids are carried over, credentials are fresh."""

import http.server
import itertools
import json
import threading

import pytest

from troth.config.principals import PrincipalSection, SessionSection
from troth.evidence.findings import read_findings, write_findings
from troth.exchange import Exchange, Request, Response
from troth.finding import Complaint, Finding
from troth.principal import principals
from troth.redaction import Redactor
from troth.replaying.replay import replay
from troth.spec.operation import Spec
from troth.transport.http import Wire
from troth.transport.record import Recorder

SPEC = Spec("t", "1", "3.1.0", "", "", {}, (), (), {})


class Things(http.server.BaseHTTPRequestHandler):
    """POST /things makes one; GET /things/{id} fails with 500 while ``server.broken``."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)
        if self.headers["Authorization"] != "Bearer fresh-token":
            return self.answer(401, {})
        if self.server.full:
            return self.answer(409, {})
        number = next(self.server.numbers)
        self.server.things[f"thing-{number:04}"] = number
        return self.answer(201, {"id": f"thing-{number:04}", "no_id": number, "size": 1})

    def do_GET(self):
        name = self.path.partition("?")[0].rpartition("/")[2]
        if name not in self.server.things and name not in map(str, self.server.things.values()):
            return self.answer(404, {})
        return self.answer(500 if self.server.broken else 200, {})

    def answer(self, status, value):
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Opened:
    """What replay asks of a target, over the real recorder and principals."""

    def __init__(self, port):
        self.base_url = f"http://127.0.0.1:{port}"
        self.wire = Wire()
        recorder = Recorder(self.wire, self.base_url)
        told = {"alice": PrincipalSection(token="fresh-token")}
        self.principals = principals(told, SessionSection(), SPEC, recorder, self.base_url)


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Things) as served:
        served.daemon_threads = True
        served.numbers, served.things, served.bodies = itertools.count(700), {}, []
        served.broken, served.full = True, False
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield served
        served.shutdown()
        thread.join()


@pytest.fixture
def target(server):
    opened = Opened(server.server_address[1])
    yield opened
    opened.wire.close()


OLD = "http://old.test:1"
AUTH = (("Host", "old.test:1"), ("Authorization", "Bearer old-token"))


def made(number=1, body=b'{"size": 1, "name": "n"}', answer=None):
    answer = answer or {"id": "thing-0003", "no_id": 3, "size": 1}
    return Exchange(
        number,
        "alice",
        "POST /things",
        Request("POST", f"{OLD}/things", (*AUTH, ("Content-Type", "application/json")), body),
        Response(201, (), json.dumps(answer).encode()),
    )


def read(path="/things/thing-0003?size=3&x=%20", status=500, principal="alice", headers=AUTH):
    request = Request("GET", OLD + path, headers)
    return Exchange(2, principal, "GET /things/{id}", request, Response(status))


def recorded(tmp_path, *history):
    """The finding as it comes back from a redacted file."""
    found = Finding("FUZ103", "high", "500", "a 500", history)
    path = tmp_path / "findings.json"
    write_findings(path, target="t", findings=[found], redactor=Redactor(["old-token"]))
    return read_findings(path).findings[0].finding


def test_still_fails(tmp_path, target):
    outcome = replay(recorded(tmp_path, made(), read()), target)
    assert outcome.still_fails, outcome.message
    first, witness = outcome.exchanges
    assert first.request.header("authorization") == "Bearer fresh-token"
    assert first.request.header("host") != "old.test:1"
    # The id is the new one; a size that happens to be 3 is not an id.
    assert witness.request.url == f"{target.base_url}/things/thing-0700?size=3&x=%20"


def test_does_not_fail_any_more(tmp_path, target, server):
    server.broken = False
    outcome = replay(recorded(tmp_path, made(), read()), target)
    assert outcome.still_fails is False
    assert "200 where 500 was recorded" in outcome.message


def test_short_ids_are_carried_over_in_paths_and_members_named_like_ids(tmp_path, target, server):
    body = b'{"no_id": 3,  "size": 3, "more": [{"thing_id": "3"}], "n": NaN}'
    outcome = replay(
        recorded(tmp_path, made(), made(2, body), read("/things/3?no_id=3&page=3")), target
    )
    assert outcome.still_fails, outcome.message
    assert server.bodies[1]["no_id"] == 700
    assert server.bodies[1]["size"] == 3
    assert server.bodies[1]["more"] == [{"thing_id": "700"}]
    # The second answer had the same old id 3: the latest thing is meant.
    assert outcome.exchanges[-1].request.url.endswith("/things/701?no_id=701&page=3")


def test_a_producer_that_refuses_makes_it_unaskable(tmp_path, target, server):
    server.full = True
    outcome = replay(recorded(tmp_path, made(), read()), target)
    assert outcome.still_fails is None
    assert "exchange 1, POST /things, was served with 201 and now ends with 409" in outcome.message


def test_an_unknown_principal_makes_it_unaskable(tmp_path, target):
    outcome = replay(recorded(tmp_path, read(principal="carol")), target)
    assert outcome.still_fails is None
    assert "'carol'; the target file names alice, anonymous" in outcome.message


def test_what_was_redacted_shows_nothing_by_not_failing(tmp_path, target):
    headers = (("Authorization", "Bearer made-up-by-troth"),)
    history = recorded(tmp_path, made(), read("/absent", 200, "anonymous", headers))
    outcome = replay(history, target)
    assert outcome.still_fails is None
    assert "its header Authorization stood redacted" in outcome.message


def test_a_request_without_credential_stays_without(tmp_path, target):
    outcome = replay(recorded(tmp_path, made(), read(headers=())), target)
    assert outcome.still_fails
    assert outcome.exchanges[1].request.header("authorization") is None


def test_the_judge_decides_where_there_is_one(tmp_path, target):
    finding = recorded(tmp_path, made(), read())
    same = replay(finding, target, judge=lambda each: (Complaint("FUZ103", "500", "again"),))
    assert (same.still_fails, same.message) == (True, "still fails: again")
    other = replay(finding, target, judge=lambda each: (Complaint("FUZ106", "x", "shape"),))
    assert other.still_fails is False
    assert "FUZ106: shape" in other.message


def test_the_base_path_is_replaced_where_it_is_known(tmp_path, target):
    moved = read("/v1/things/thing-0003")
    outcome = replay(recorded(tmp_path, made(), moved), target, recorded_base_url=f"{OLD}/v1/")
    assert outcome.exchanges[1].request.url == f"{target.base_url}/things/thing-0700"


def test_an_empty_history_is_unaskable(target):
    assert replay(Finding("X", "low", "r", "m", ()), target).still_fails is None
