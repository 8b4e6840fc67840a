"""Whatever the peer does, it is bounded in time and memory and said in plain words."""

import gzip
import itertools
import os
import resource
import select
import socket
import struct
import threading
import time
import zlib

import pytest

from troth.exchange import Breakage, Request
from troth.transport.bounded import Inflate
from troth.transport.http import SENT_AGAIN, Bounds

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nhi"


def get(wire, peer, method="GET", body=b"", **options):
    return wire.send(Request(method, peer.url + "/x", (), body), **options)


@pytest.mark.parametrize(
    "pieces",
    [
        (b"\x00\x01\x02garbage\r\n\r\n",),
        (b"SSH-2.0-OpenSSH_9.6\r\n",),
        (b"HTTP/1.1 two hundred OK\r\n\r\n",),
        (b"HTTP/9 200\r\n\r\n",),
        (HEAD + b"no colon here\r\n\r\n",),
        (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi",),
        (HEAD + b"Content-Length: minus\r\n\r\nhi",),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello",),
        (HEAD + b"X: " + b"a" * 600_000,),
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",),
    ],
)
def test_what_is_not_http_is_garbage(wire, answering, pieces):
    outcome = get(wire, answering(*pieces))
    assert outcome.breakage is Breakage.GARBAGE
    assert outcome.detail
    assert "\n" not in outcome.detail
    assert len(outcome.detail) < 120


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ((), "no response"),
        ((b"HTTP/1.1 20",), "no response"),
        ((HEAD + b"Content-Le",), "no response"),
        ((HEAD + b"Content-Length: 10\r\n\r\nhalf",), "status 200 and 4 bytes"),
        ((HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",), "status 200 and 5 bytes"),
    ],
)
def test_a_connection_closed_early_is_dropped(wire, answering, pieces, said):
    peer = answering(*pieces)
    outcome = get(wire, peer)
    assert outcome.breakage is Breakage.DROPPED
    assert said in outcome.detail
    assert peer.connections == 1  # a fresh connection: no second try


def test_a_reset_is_dropped(wire, peer):
    def script(self, conn, number):
        self.read(conn)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert get(wire, peer(script)).breakage is Breakage.DROPPED


def test_nobody_there_is_unreachable(wire):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/"
        assert wire.alive(url)
    outcome = wire.send(Request("GET", url))
    assert outcome.breakage is Breakage.UNREACHABLE
    assert outcome.detail == "connection refused"
    assert not wire.alive(url)
    assert not wire.alive("http://name.invalid/")
    assert wire.send(Request("GET", "http://name.invalid/")).breakage is Breakage.UNREACHABLE


def test_tls_with_a_plain_peer_is_unreachable(wire, answering):
    peer = answering(OK)
    outcome = wire.send(Request("GET", peer.url.replace("http", "https")), timeout=0.3)
    assert outcome.breakage is Breakage.UNREACHABLE


@pytest.mark.parametrize(
    ("first", "drip", "breakage"),
    [
        (b"", b"", Breakage.TIMEOUT),
        (HEAD + b"Content-Length: 5\r\n\r\n", b"", Breakage.TIMEOUT),
        (HEAD + b"Content-Length: 5000\r\n\r\n", b"x", Breakage.TIMEOUT),
        (HEAD + b"X: ", b"x", Breakage.TIMEOUT),
        (HEAD + b"Content-Type: text/event-stream\r\n\r\n", b":", None),
        (HEAD + b"Content-Type: application/x-ndjson\r\n\r\n", b"\n", None),
    ],
    ids=["silence", "head-only", "body-drip", "head-drip", "stream-drip", "lines-drip"],
)
def test_one_deadline_holds_for_everything(wire, peer, first, drip, breakage):
    def script(self, conn, number):
        self.read(conn)
        conn.sendall(first)
        while not self.stopped.wait(0.02):
            if drip:
                conn.sendall(drip)

    began = time.monotonic()
    outcome = get(wire, peer(script), timeout=0.4)
    assert 0.3 < time.monotonic() - began < 1.5
    assert outcome.breakage is breakage
    assert outcome.response is None or outcome.response.truncated


def endless(self, conn, number):
    self.read(conn)
    conn.sendall(HEAD + b"Content-Length: 209715200\r\n\r\n")
    block = b"x" * (1 << 20)
    for _ in range(200):
        conn.sendall(block)


def test_a_huge_body_is_cut_at_the_bound(wire, peer):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = get(wire, peer(endless), bounds=Bounds(max_body=100_000))
    assert len(outcome.response.body) == 100_000
    assert outcome.response.truncated
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


def test_a_body_of_exactly_the_bound_is_whole(wire, answering):
    outcome = get(wire, answering(OK), bounds=Bounds(max_body=2))
    assert outcome.response.body == b"hi"
    assert not outcome.response.truncated


def bomb():
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush()


def test_a_gzip_bomb_is_cut_at_the_bound(wire, answering):
    packed = bomb()
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    outcome = get(wire, answering(head, packed), bounds=Bounds(max_body=50_000))
    assert outcome.response.body == bytes(50_000)
    assert outcome.response.truncated


def test_decoding_never_makes_more_than_there_is_room_for():
    assert Inflate("gzip")(bomb(), 1000) == bytes(1000)


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        (b"gzip", gzip.compress(b'{"a":1}', mtime=0)),  # its bytes are in the test's id
        (b"deflate", zlib.compress(b'{"a":1}')),
        (b"deflate", zlib.compress(b'{"a":1}')[2:-4]),
        (b"identity", b'{"a":1}'),
        (b"br", b'{"a":1}'),
    ],
)
def test_codings_are_decoded_and_unknown_ones_left(wire, answering, coding, packed):
    head = HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding, len(packed))
    response = get(wire, answering(head, packed)).response
    assert response.json() == {"a": 1}
    assert response.header("content-encoding") == coding.decode()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_an_event_stream_is_cut_after_its_events(wire, peer, end):
    def script(self, conn, number):
        self.read(conn)
        conn.sendall(HEAD + b"Content-Type: text/event-stream; charset=utf-8\r\n\r\n")
        for count in itertools.count(1):
            conn.sendall(b": ping" + end * 2 + b"data: %d" % count + end * 2)

    response = get(wire, peer(script), bounds=Bounds(events=3)).response
    assert response.truncated
    assert response.body.count(b"data:") == 3
    assert response.body.rstrip().endswith(b"data: 3")


def test_a_quiet_event_stream_is_cut_early(wire, peer):
    def script(self, conn, number):
        self.read(conn)
        conn.sendall(HEAD + b"Content-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        self.stopped.wait(10)

    began = time.monotonic()
    response = get(wire, peer(script), bounds=Bounds(idle=0.2)).response
    assert time.monotonic() - began < 2
    assert response.body == b"data: 1\n\n"
    assert response.truncated


def test_after_the_awaited_events_only_what_comes_at_once_is_read(wire, peer):
    def script(self, conn, number):
        self.read(conn)
        conn.sendall(HEAD + b"Content-Type: text/event-stream\r\n\r\n" + b"data: 1\n\n" * 5)
        self.stopped.wait(10)

    began = time.monotonic()
    bounds = Bounds(idle=5, awaited=3, events=100)
    response = get(wire, peer(script), bounds=bounds).response
    assert time.monotonic() - began < 2
    assert response.body == b"data: 1\n\n" * 5
    assert response.truncated


def test_an_event_stream_that_ends_is_whole(wire, answering):
    body = b"data: 1\n\ndata: 2\n\n"
    peer = answering(HEAD + b"Content-Type: text/event-stream\r\nContent-Length: 18\r\n\r\n", body)
    for events in (2, 3):
        response = get(wire, peer, bounds=Bounds(events=events)).response
        assert response.body == body
        assert not response.truncated


def test_bodies_that_end_with_the_connection_and_empty_ones_are_whole(wire, answering):
    assert get(wire, answering(HEAD + b"\r\nto the end")).response.body == b"to the end"
    assert get(wire, answering(b"HTTP/1.0 200 OK\r\n\r\nold")).response.body == b"old"
    assert get(wire, answering(b"HTTP/1.1 204 No Content\r\n\r\n")).response.status == 204
    assert get(wire, answering(b"HTTP/1.1 100 Continue\r\n\r\n" + OK)).response.status == 200
    head = get(wire, answering(HEAD + b"Content-Length: 99\r\n\r\n"), "HEAD").response
    assert (head.status, head.body, head.header("Content-Length")) == (200, b"", "99")


def test_surplus_bytes_are_said_and_do_not_reach_the_next_exchange(wire, peer):
    def script(self, conn, number):
        while self.read(conn):
            conn.sendall(OK + b"surplus")

    made = peer(script)
    for _ in range(3):
        outcome = get(wire, made)
        assert outcome.response.body == b"hi"
    assert made.connections == 3
    assert outcome.detail == "7 bytes followed the end of the response"


def test_stray_bytes_on_an_idle_connection_are_not_the_next_answer(wire, peer):
    idle, strayed = threading.Event(), threading.Event()

    def script(self, conn, number):
        self.read(conn)
        conn.sendall(OK)
        if number == 1:
            assert idle.wait(5)
            conn.sendall(b"HTTP/1.1 418 Stray\r\nContent-Length: 0\r\n\r\n")
            strayed.set()
            conn.recv(1)

    made = peer(script)
    assert get(wire, made).response.status == 200
    idle.set()
    assert strayed.wait(5)
    ((kept,),) = wire._client._transport._idle.values()
    assert select.select([kept.line.get_extra_info("socket")], [], [], 5)[0]
    outcome = get(wire, made)
    assert (outcome.response.status, outcome.detail) == (200, "")
    assert made.connections == 2


def test_a_long_body_refused_early_is_answered_not_dropped(wire, peer):
    def script(self, conn, number):
        conn.recv(1000)
        conn.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        self.stopped.wait(10)  # never reads the rest

    outcome = get(wire, peer(script), "POST", os.urandom(1 << 24), timeout=3)
    assert outcome.response.status == 413


def test_a_long_body_arrives_whole(wire, answering):
    peer = answering(OK)
    body = os.urandom(3_000_000)
    assert get(wire, peer, "PUT", body).response.status == 200
    assert peer.requests[0].endswith(body)


def keep_alive(self, conn, number):
    while self.read(conn):
        conn.sendall(OK)


def test_reads_share_a_connection_and_writes_get_a_fresh_one(wire, peer):
    made = peer(keep_alive)
    for _ in range(3):
        assert get(wire, made).response.status == 200
    assert made.connections == 1
    assert get(wire, made, "POST").response.status == 200
    assert get(wire, made).response.status == 200  # on the write's connection
    assert made.connections == 2


def test_after_a_5xx_nothing_travels_on_its_connection(wire, peer):
    def script(self, conn, number):
        while self.read(conn):
            conn.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")

    made = peer(script)
    for _ in range(2):
        outcome = get(wire, made)
        assert (outcome.response.status, outcome.detail) == (500, "")
    assert made.connections == 2


def drops_the_second(self, conn, number):
    self.read(conn)
    conn.sendall(OK)
    if number == 1:
        conn.recv(1)  # a second request begins on this connection; it is closed unread
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_kept_connection_that_drops_a_read_costs_one_more_send(wire, peer):
    made = peer(drops_the_second)
    assert get(wire, made).detail == ""
    outcome = get(wire, made)
    assert outcome.response.status == 200
    assert outcome.detail == SENT_AGAIN


def test_a_read_that_kills_the_service_is_dropped_all_the_same(wire, peer):
    def script(self, conn, number):
        while self.read(conn):
            if b"deadly" in self.requests[-1]:
                return
            conn.sendall(OK)

    made = peer(script)
    get(wire, made)
    outcome = wire.send(Request("GET", made.url + "/deadly"))
    assert outcome.breakage is Breakage.DROPPED
    assert outcome.detail.startswith(SENT_AGAIN)
    assert sum(b"deadly" in each for each in made.requests) == 2


def test_a_write_is_never_sent_twice(wire, peer):
    def script(self, conn, number):
        while self.read(conn):
            if not self.requests[-1].startswith(b"GET"):
                return
            conn.sendall(OK)

    made = peer(script)
    for method in ("POST", "PUT", "PATCH", "DELETE", "BREW"):
        get(wire, made)
        assert get(wire, made, method).breakage is Breakage.DROPPED
        assert sum(each.startswith(method.encode()) for each in made.requests) == 1


def test_nothing_is_followed_or_remembered(wire, peer):
    def script(self, conn, number):
        while self.read(conn):
            conn.sendall(
                b"HTTP/1.1 302 Found\r\nLocation: /y\r\nSet-Cookie: a=b\r\n"
                b"Content-Length: 0\r\n\r\n"
            )

    made = peer(script)
    for _ in range(2):
        assert get(wire, made).response.status == 302
    assert len(made.requests) == 2
    assert b"ookie" not in made.requests[1]
