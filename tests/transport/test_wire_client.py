"""What httpx and httpcore would do of themselves, and must not do here."""

import logging
import socket
import struct

import pytest

from troth.exchange import Breakage, Request
from troth.transport.http import Bounds

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nhi"


def get(wire, peer, method="GET", body=b"", **options):
    return wire.send(Request(method, peer.url + "/x", (), body), **options)


@pytest.mark.parametrize(
    "line",
    [
        b"Location: http://[",
        b"Location: http://\xff:99999/",
        b"Location: /" + b"x" * 70_000,
        b"Set-Cookie: ;;=\xff; expires=never",
        b"Content-Type: text/html; charset=\xff",
    ],
)
def test_odd_headers_are_a_response_like_any_other(wire, answering, line):
    answer = b"HTTP/1.1 302 Found\r\n" + line + b"\r\nContent-Length: 0\r\n\r\n"
    response = get(wire, answering(answer)).response
    assert response.status == 302
    name, value = line.decode("latin-1").split(": ", 1)
    assert response.header(name) == value


def test_nothing_is_logged_whatever_the_level(wire, answering, caplog):
    caplog.set_level(logging.DEBUG)
    get(wire, answering(OK))
    assert caplog.records == []


@pytest.mark.parametrize("cut", range(1, 8))
def test_what_follows_a_chunked_body_is_not_the_next_answer(wire, peer, cut):
    whole = CHUNKED + b"4\r\n\n\r\n0\r\n0\r\n\r\n"
    stray = b"HTTP/1.1 418 Stray\r\nContent-Length: 0\r\n\r\n"

    def script(self, conn, number):
        while self.read(conn):
            conn.sendall(whole[:-cut])
            self.stopped.wait(0.02)  # so that the end comes in a read of its own
            conn.sendall(whole[-cut:] + stray)

    made = peer(script)
    for _ in range(2):
        outcome = get(wire, made)
        assert (outcome.response.status, outcome.response.body) == (200, b"\n\r\n0")
        assert outcome.detail == f"{len(stray)} bytes followed the end of the response"
    assert made.connections == 2


@pytest.mark.parametrize("body", [b"a\r\n\r\nb\n\nc\r\n\r\n", b"\n" * 300, b"0\r\n\r\n" * 9])
@pytest.mark.parametrize("chunked", [True, False])
def test_blank_lines_in_a_body_are_not_its_end(wire, peer, body, chunked):
    framed = HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    if chunked:
        framed = CHUNKED + b"%x\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(body), body)

    def script(self, conn, number):
        while self.read(conn):
            conn.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + framed)

    made = peer(script)
    for _ in range(3):
        outcome = get(wire, made)
        assert (outcome.response.body, outcome.detail) == (body, "")
    assert made.connections == 1


def test_a_body_refused_and_the_connection_closed_is_answered(wire, peer):
    def script(self, conn, number):
        conn.recv(1000)
        conn.sendall(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        conn.shutdown(socket.SHUT_WR)
        while conn.recv(65536):  # closing on unread bytes would reset, and take the answer along
            pass

    outcome = get(wire, peer(script), "POST", bytes(1 << 24), timeout=5)
    assert (outcome.response.status, outcome.detail) == (413, "")


def test_a_long_body_that_nobody_reads_is_a_timeout(wire, peer):
    def script(self, conn, number):
        self.stopped.wait(10)

    outcome = get(wire, peer(script), "POST", bytes(1 << 24), timeout=0.3)
    assert outcome.breakage is Breakage.TIMEOUT
    assert outcome.detail == "no response within 0.3 s"


def test_a_reset_in_the_middle_of_a_long_body_is_dropped(wire, peer):
    def script(self, conn, number):
        conn.recv(1000)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    outcome = get(wire, peer(script), "POST", bytes(1 << 24), timeout=5)
    assert outcome.breakage is Breakage.DROPPED
    assert "no response" in outcome.detail


def test_a_stream_that_ends_right_after_its_last_event_is_whole(wire, answering):
    head = HEAD + b"Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    peer = answering(head + b"9\r\ndata: 1\n\n\r\n0\r\n\r\n")
    response = get(wire, peer, bounds=Bounds(events=1)).response
    assert response.body == b"data: 1\n\n"
    assert not response.truncated


@pytest.mark.parametrize("host", ["a..b", "é" * 70, "a" * 80, "١.invalid"])
def test_a_name_that_no_host_can_have_is_unreachable(wire, host):
    outcome = wire.send(Request("GET", f"http://{host}/"), timeout=2)
    assert outcome.breakage is Breakage.UNREACHABLE
    assert outcome.detail
