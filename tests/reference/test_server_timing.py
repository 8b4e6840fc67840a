"""Every answer tells its time and its SQL; what it tells is true, and can be kept silent."""

import re
import socket

import pytest

from tests.reference.live import running, settings
from tests.reference.test_envelope import assert_problem
from tests.reference.test_ownership import statements
from troth.reference.app import create_app
from troth.reference.timing import HEADER, PATTERN

C = "/api/v1/conversations"
PER_CALLER = 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("HEAD", "/health", 200),
        ("GET", "/nothing", 404),
        ("PATCH", "/health", 405),
        ("GET", C, 401),
        ("POST", "/api/v1/auth/token", 422),
    ],
)
def test_what_asks_no_database_says_so(live, method, path, status):
    answer = live.client.request(method, path)
    assert (answer.status_code, statements(answer)) == (status, 0)


def test_a_request_that_is_not_http_says_it_too(live):
    with socket.create_connection(live.address) as wire:
        wire.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nBad\x00Name: 1\r\n\r\n")
        head = wire.makefile("rb").read().partition(b"\r\n\r\n")[0].decode()
    (told,) = [line for line in head.splitlines() if line.lower().startswith("server-timing: ")]
    assert re.match(PATTERN, told.partition(": ")[2])


def test_both_stores_count_alike_and_the_same_request_costs_the_same(stored):
    talk = stored.talk("alice")
    for _ in range(2):
        # Who asks; the conversation; how many messages it has.
        answer = stored.call("alice", "GET", f"{C}/{talk}")
        assert (answer.status_code, statements(answer)) == (200, PER_CALLER + 2)


def test_a_write_is_counted_with_its_reads(stored):
    """Counted in the request's own thread, and no other request's statements among them."""
    written = stored.call("alice", "POST", C, json={"display_name": "x"})
    assert statements(written) > PER_CALLER


def test_time_of_statements_is_a_part_of_the_whole(stored):
    told = stored.call("alice", "GET", C).headers[HEADER]
    app, sql = (float(each) for each in re.findall(r"dur=([0-9.]+)", told))
    assert 0 <= sql <= app
    assert app > 0


def test_a_stream_tells_what_it_took_until_it_began(live):
    path = "/api/v1/activity/stream"
    with live.client.stream("GET", path, headers=live.auth("alice")) as answer:
        assert answer.status_code == 200
        assert statements(answer) >= PER_CALLER


def test_metrics_and_the_log_know_it(live, caplog):
    route = "/api/v1/auth/me"
    with caplog.at_level("INFO", "troth.reference"):
        taken = statements(live.call("alice", "GET", route))
        # Noted after the answer went, but before the next request is served.
        metrics = live.client.get("/metrics").text
    assert taken == PER_CALLER
    noted = [each.facts for each in caplog.records if each.msg == "request"]
    assert [each["sql"] for each in noted if each["route"] == route] == [taken]
    assert f'troth_sql_statements_total{{route="{route}"}}' in metrics
    assert f'troth_sql_seconds_total{{route="{route}"}}' in metrics


def test_it_can_be_kept_silent():
    """It is then not in the document either."""
    with running(settings(server_timing=False)) as live:
        for answer in (live.call("alice", "GET", C), live.client.get("/nothing")):
            assert HEADER not in answer.headers
        assert HEADER not in live.client.get("/openapi.json").text


def test_every_response_documents_it():
    app = create_app(settings(seed=False))
    for item in app.openapi()["paths"].values():
        for method, operation in item.items():
            for response in operation["responses"].values() if method != "x-websocket" else ():
                assert HEADER in response["headers"]
    app.state.platform.close()


def test_a_login_costs_the_same_whether_there_is_such_a_user(stored):
    def attempt(email):
        body = {"email": email, "password": "wrong-pass-word-0000"}
        return assert_and_count(stored.client.post("/api/v1/auth/token", json=body), 401)

    assert attempt("alice@acme.test") == attempt("nobody@acme.test")


def assert_and_count(answer, status):
    assert_problem(answer, status)
    return statements(answer)
