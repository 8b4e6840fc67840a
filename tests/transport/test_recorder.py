"""Every request gets a number, a gate and a place in the history."""

import socket
import threading
from dataclasses import replace

import pytest

from troth.errors import UsageError
from troth.exchange import Breakage, Request
from troth.spec.operation import Operation, Spec
from troth.transport.exclude import exclusions
from troth.transport.http import Wire
from troth.transport.record import NotSent, Recorder

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def send(recorder, url, method="GET", headers=(), **options):
    options = {"principal": "alice", "operation": "GET /x", "purpose": "a test", **options}
    return recorder.send(Request(method, url, headers), **options)


def operation(label, name=None):
    method, path = label.split()
    return Operation(label, method, path, name, (), (), None, {}, (), deprecated=False)


def document(*operations, base_path=""):
    return Spec("t", "1", "3.1.0", "", "", {}, operations, (), {}, base_path)


def test_exchanges_are_numbered_and_given_to_the_sinks_in_order(wire, answering):
    peer, seen = answering(OK), []
    recorder = Recorder(
        wire,
        peer.url,
        sinks=[lambda each: seen.append((1, each)), lambda each: seen.append((2, each))],
        tail=2,
    )
    made = [send(recorder, f"{peer.url}/{name}") for name in "abc"]
    assert [each.number for each in made] == [1, 2, 3]
    assert [place for place, _ in seen] == [1, 2] * 3
    assert [each for place, each in seen if place == 2] == made
    assert recorder.count == 3
    assert recorder.recent == tuple(made[1:])
    first = made[0]
    assert (first.principal, first.operation, first.purpose) == ("alice", "GET /x", "a test")
    assert first.request.header("user-agent").startswith("troth/")
    assert first.started.endswith("+00:00")


def test_numbers_are_unique_between_threads(wire, answering):
    peer, seen = answering(OK), []
    recorder = Recorder(wire, peer.url, sinks=[seen.append])
    threads = [
        threading.Thread(target=lambda: [send(recorder, peer.url) for _ in range(5)])
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(each.number for each in seen) == list(range(1, 21))
    assert all(each.ok for each in seen)


def test_nothing_is_sent_to_another_origin(wire, answering):
    peer = answering(OK)
    recorder = Recorder(wire, peer.url, writes=True)
    for url in (
        "http://other.invalid/",
        peer.url.replace("127.0.0.1", "localhost"),
        "http://[::1]/",
    ):
        with pytest.raises(NotSent, match="sends to nothing else"):
            send(recorder, url)
    assert recorder.count == 0
    assert peer.connections == 0


class Deaf(Wire):
    """Counts instead of sending: these tests must not reach a real host."""

    sent = 0

    def send(self, request, **_):
        self.sent += 1
        raise ConnectionAbortedError


@pytest.mark.parametrize(
    ("method", "headers", "query", "allowed"),
    [
        ("GET", (), "", True),
        ("HEAD", (), "", True),
        ("OPTIONS", (), "", True),
        ("POST", (), "", False),
        ("DELETE", (), "", False),
        ("get", (), "", False),
        ("TRACE", (), "", False),
        ("QUERY", (), "", False),
        ("GET", (("x-HTTP-method-override", "DELETE"),), "", False),
        ("GET", (), "?a=1&_method=delete", False),
    ],
)
def test_off_loopback_only_reads_are_sent_unless_writes_are_allowed(
    method, headers, query, allowed
):
    base = "https://api.invalid/v1"
    strict, open_ = Deaf(), Deaf()
    expected = ConnectionAbortedError if allowed else NotSent
    with pytest.raises(expected) as raised:
        send(Recorder(strict, base), f"{base}/x{query}", method, headers)
    assert strict.sent == allowed
    if not allowed:
        assert "[target] writes = true" in str(raised.value)
    with pytest.raises(ConnectionAbortedError):
        send(Recorder(open_, base, writes=True), f"{base}/x{query}", method, headers)


def test_excluded_operations_are_never_sent_however_they_are_written(wire, answering):
    peer = answering(OK)
    spec = document(
        operation("POST /admin/wipe", "wipe"), operation("GET /u/{id}"), base_path="/api"
    )
    covered = exclusions(["wipe", "GET /u/{id}", "DELETE /hidden"], spec, peer.url)
    recorder = Recorder(wire, peer.url, exclude=covered)
    for method, path in [
        ("POST", "/api/admin/wipe"),
        ("POST", "/api/admin/wipe/?x=1"),
        ("POST", "/api//admin/./%77ipe"),
        ("POST", "/api/x/../ADMIN/wipe"),
        ("post", "/admin/wipe"),
        ("GET", "/api/u/1"),
        ("HEAD", "/api/u/1"),
        ("GET", "/api/u/a%2Fb"),
        ("DELETE", "/api/hidden"),
    ]:
        with pytest.raises(NotSent, match="excluded"):
            send(recorder, peer.url + path, method)
    for method, path in [
        ("GET", "/api/admin/wipe"),
        ("GET", "/api/u"),
        ("GET", "/api/team/u/1"),
        ("GET", "/api/u/1/x"),
    ]:
        assert send(recorder, peer.url + path, method).ok


def test_an_exclusion_that_means_nothing_is_refused():
    with pytest.raises(UsageError, match=r"`wype` in \[target\] exclude; did you mean `wipe`"):
        exclusions(["wype"], document(operation("POST /admin/wipe", "wipe")))


def test_a_target_that_went_away_costs_no_more_timeouts_and_may_come_back(wire, answering):
    peer = answering(OK)
    recorder = Recorder(wire, peer.url)
    assert send(recorder, peer.url).ok
    assert recorder.down is None
    peer.stop()
    gone = send(recorder, f"{peer.url}/?key=secret", operation=None)
    assert gone.breakage is Breakage.UNREACHABLE
    assert recorder.down == "last answer: exchange 1 (GET /x)"
    again = send(recorder, peer.url)
    assert again.detail == "the target is down: last answer: exchange 1 (GET /x)"
    address = ("127.0.0.1", int(peer.url.rpartition(":")[2]))
    with socket.create_server(address) as back:

        def serve():
            for _ in range(2):  # the probe, then the request
                conn, _ = back.accept()
                with conn:
                    if conn.recv(65536):
                        conn.sendall(OK)

        thread = threading.Thread(target=serve)
        thread.start()
        assert send(recorder, peer.url).ok
        thread.join()
    assert recorder.down is None


def test_what_brought_the_target_down_is_named(wire, peer):
    def script(self, conn, number):
        self.read(conn)
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    made = peer(script)
    recorder = Recorder(wire, made.url)
    url = f"{made.url}/boom?key=secret"
    assert send(recorder, url, "POST", operation=None).breakage is Breakage.DROPPED
    assert recorder.down == "it went away with exchange 1 (POST /boom)"


def test_an_exchange_keeps_the_url_of_its_request(wire, answering):
    peer = answering(OK)
    made = send(Recorder(wire, peer.url), f"{peer.url}/a%2fb?x=%zz")
    assert made.request.url == f"{peer.url}/a%2fb?x=%zz"
    assert replace(made, response=None).status == 0
