"""HTTP/2: what goes out, what comes back, and what is said of peers that break it or break off."""

import ssl

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded

from tests.certificates import self_signed
from troth.exchange import Breakage, Request
from troth.opening import open_target
from troth.profile import active
from troth.prop import Property, Tally
from troth.transport.bounded import Bounds
from troth.transport.http import SENT_AGAIN, UnsendableRequest, Wire
from troth.transport.trust import offering, trusted

OK = [(":status", "200"), ("content-length", "2")]


class Served:
    """The server's side of one connection; ``heard`` is what came of one stream."""

    def __init__(self, conn):
        self.conn = conn
        # What is wrong goes out as it is.
        config = H2Configuration(
            client_side=False,
            header_encoding=None,
            validate_outbound_headers=False,
            normalize_outbound_headers=False,
        )
        self.h2 = H2Connection(config)
        self.h2.initiate_connection()
        self.say()

    def say(self):
        self.conn.sendall(self.h2.data_to_send())

    def hear(self, *, head=False, windows=True):
        """The stream, headers and body of the next request; of None when the client closed."""
        found, body = None, b""
        while data := self.conn.recv(65536):
            for event in self.h2.receive_data(data):
                if isinstance(event, RequestReceived):
                    found = event
                    if head:
                        return event.stream_id, event.headers, b""
                elif isinstance(event, DataReceived):
                    body += event.data
                    if windows:
                        self.h2.acknowledge_received_data(
                            event.flow_controlled_length, event.stream_id
                        )
                elif isinstance(event, StreamEnded):
                    self.say()
                    return event.stream_id, found.headers, body
            self.say()
        return None

    def answer(self, stream, headers=OK, body=b"hi"):
        self.h2.send_headers(stream, headers, end_stream=not body)
        if body:
            self.h2.send_data(stream, body, end_stream=True)
        self.say()

    def until_closed(self):
        while self.conn.recv(65536):
            pass


@pytest.fixture
def wire(peer):  # closed before the peers stop
    with Wire(http2=offering(False)) as made:
        yield made


@pytest.fixture
def serving(peer):
    """A peer that hands each connection, once it speaks, to ``script(served, number)``."""

    def start(script):
        return peer(lambda self, conn, number: script(Served(conn), number))

    return start


@pytest.fixture
def answering(serving):
    """Answers every request well; what it heard is in ``peer.requests``."""

    def script(served, number):
        while heard := served.hear():
            made.requests.append(heard)
            served.answer(heard[0])

    made = serving(script)
    return made


def test_headers_go_out_in_lower_case_and_order_and_the_host_as_authority(wire, answering):
    headers = (("X-b", "é"), ("x-A", "1"), ("X-b", "\x01\x7f"), ("Host", "other.test"))
    wire.send(Request("GET", answering.url + "/a%2f../b?q='", headers))
    (_, sent, _) = answering.requests[0]
    assert sent[:7] == [
        (b":method", b"GET"),
        (b":scheme", b"http"),
        (b":authority", b"other.test"),
        (b":path", b"/a%2f../b?q='"),
        (b"x-b", b"\xe9"),
        (b"x-a", b"1"),
        (b"x-b", b"\x01\x7f"),
    ]
    assert b"host" not in dict(sent)
    assert wire.spoken == "HTTP/2"


def test_a_read_is_sent_on_a_kept_connection_and_a_write_on_one_of_its_own(wire, answering):
    for _ in range(3):
        assert wire.send(Request("GET", answering.url)).response.body == b"hi"
    assert answering.connections == 1
    body = bytes(range(256)) * 8000
    assert wire.send(Request("POST", answering.url, (), body)).response.status == 200
    assert answering.connections == 2
    assert answering.requests[-1][2] == body


@pytest.mark.parametrize(
    ("method", "header"),
    [
        ("GET", ("Connection", "close")),
        ("POST", ("Transfer-Encoding", "chunked")),
        ("GET", ("Upgrade", "websocket")),
        ("GET", ("TE", "gzip")),
        ("CONNECT", ("X-A", "b")),
    ],
)
def test_what_belongs_to_http1_is_not_sent_and_said(wire, answering, method, header):
    with pytest.raises(UnsendableRequest, match="HTTP/2 cannot carry it"):
        wire.send(Request(method, answering.url + "/", (header,)))
    assert answering.connections == 0


def test_a_long_body_stops_when_it_is_refused(wire, serving):
    def script(served, number):
        stream, _, _ = served.hear(head=True)
        served.answer(stream, [(":status", "413")], b"no")
        served.until_closed()

    outcome = wire.send(Request("POST", serving(script).url, (), bytes(3_000_000)), timeout=5)
    assert outcome.response.status == 413
    assert outcome.response.body == b"no"


def test_a_body_ends_at_the_bound(wire, serving):
    def script(served, number):
        stream, _, _ = served.hear()
        served.answer(stream, [(":status", "200")], bytes(16_000))

    url = serving(script).url
    response = wire.send(Request("GET", url), bounds=Bounds(max_body=1000)).response
    assert response.truncated
    assert len(response.body) == 1000


def test_a_stream_that_never_ends_is_a_timeout(wire, serving):
    def script(served, number):
        stream, _, _ = served.hear()
        served.h2.send_headers(stream, [(":status", "200")])
        served.h2.send_data(stream, b"some")
        served.say()
        served.until_closed()

    outcome = wire.send(Request("GET", serving(script).url), timeout=0.3)
    assert outcome.breakage is Breakage.TIMEOUT
    assert outcome.detail.startswith("status 200 and 4 bytes of body came")


@pytest.mark.parametrize(
    ("code", "breakage", "said"),
    [
        (ErrorCodes.INTERNAL_ERROR, Breakage.DROPPED, "ended with RST_STREAM (INTERNAL_ERROR)"),
        (ErrorCodes.CANCEL, Breakage.DROPPED, "ended with RST_STREAM (CANCEL): no response"),
        (ErrorCodes.REFUSED_STREAM, Breakage.REFUSED, "not taken: RST_STREAM (REFUSED_STREAM)"),
        (ErrorCodes.PROTOCOL_ERROR, Breakage.REFUSED, "not taken: RST_STREAM (PROTOCOL_ERROR)"),
        (0xFEED, Breakage.DROPPED, "ended with RST_STREAM (0xfeed)"),
    ],
)
def test_a_reset_is_told_by_what_it_says(wire, serving, code, breakage, said):
    def script(served, number):
        stream, _, _ = served.hear()
        served.h2.reset_stream(stream, code)
        served.say()
        served.until_closed()

    outcome = wire.send(Request("POST", serving(script).url))
    assert outcome.breakage is breakage
    assert said in outcome.detail


def goaway(last, code):
    return bytes([0, 0, 8, 7, 0, 0, 0, 0, 0]) + last.to_bytes(4) + code.to_bytes(4)


def test_what_is_answered_after_a_goaway_is_an_answer(wire, serving):
    def script(served, number):
        stream, _, _ = served.hear()
        served.conn.sendall(goaway(stream, 0))
        served.answer(stream)
        served.until_closed()

    made = serving(script)
    for count in (1, 2):
        assert wire.send(Request("GET", made.url)).response.body == b"hi"
        assert made.connections == count  # it is leaving: nothing more goes there


@pytest.mark.parametrize(
    ("frame", "breakage", "said"),
    [
        (goaway(0, 0), Breakage.REFUSED, "not taken: GOAWAY (NO_ERROR)"),
        (goaway(0, 11), Breakage.REFUSED, "not taken: GOAWAY (ENHANCE_YOUR_CALM)"),
        (goaway(1, 2), Breakage.DROPPED, "ended with GOAWAY (INTERNAL_ERROR): no response"),
    ],
)
def test_a_goaway_is_told_by_what_it_says(wire, serving, frame, breakage, said):
    def script(served, number):
        served.hear()
        served.conn.sendall(frame)

    outcome = wire.send(Request("POST", serving(script).url))
    assert outcome.breakage is breakage
    assert said in outcome.detail


def test_a_kept_connection_that_goes_away_is_left_for_another(wire, serving):
    def script(served, number):
        while heard := served.hear():
            if number == 1 and heard[0] > 1:
                served.conn.sendall(goaway(1, 0))
                return
            served.answer(heard[0])

    made = serving(script)
    assert wire.send(Request("GET", made.url)).response.status == 200
    outcome = wire.send(Request("GET", made.url))
    assert outcome.response.status == 200
    assert outcome.detail == SENT_AGAIN
    assert made.connections == 2


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("content-type", "a/b")], b""),
        ([(":status", "abc")], b""),
        ([(":status", "200"), ("x-a", "b\r\nset-cookie: c=d")], b""),
        ([(":status", "200"), ("X-A", "b")], b""),
        ([(":status", "200"), ("content-length", "7")], b"short"),
        ([(":status", "200"), ("content-length", "7")], b""),
        ([(":status", "200"), ("content-length", "2")], b"longer"),
    ],
)
def test_an_answer_that_breaks_http2_is_garbage(wire, serving, headers, body):
    def script(served, number):
        stream, _, _ = served.hear()
        served.answer(stream, headers, body)
        served.until_closed()

    outcome = wire.send(Request("POST", serving(script).url))
    assert outcome.breakage is Breakage.GARBAGE
    assert outcome.detail.startswith("not HTTP: ")
    assert "set-cookie" not in outcome.detail


@pytest.mark.parametrize(
    "data",
    [b"\xff" * 64, bytes([0, 0, 4, 3, 0, 0, 0, 0, 9]), bytes([0, 0, 2, 7, 0, 0, 0, 0, 0, 1, 1])],
    ids=["noise", "short", "farewell"],
)
def test_frames_that_are_none_end_the_exchange(wire, peer, data):
    def script(self, conn, number):
        conn.recv(65536)
        conn.sendall(data)

    outcome = wire.send(Request("POST", peer(script).url), timeout=5)
    assert outcome.breakage in {Breakage.GARBAGE, Breakage.DROPPED, Breakage.REFUSED}


@pytest.mark.parametrize("data", [False, True], ids=["headers", "empty data"])
def test_lengths_of_what_is_not_sent_are_no_lengths(wire, serving, data):
    def script(served, number):
        while heard := served.hear():
            served.h2.send_headers(
                heard[0], [(":status", "304"), ("content-length", "9")], end_stream=not data
            )
            if data:
                served.h2.send_data(heard[0], b"", end_stream=True)
            served.say()

    assert wire.send(Request("GET", serving(script).url)).response.status == 304


def test_interim_answers_and_trailers_are_no_answers(wire, serving):
    def script(served, number):
        stream, _, _ = served.hear()
        served.h2.send_headers(stream, [(":status", "103"), ("link", "</a>")])
        served.h2.send_headers(stream, [(":status", "200")])
        served.h2.send_data(stream, b"hi")
        served.h2.send_headers(stream, [("x-sum", "1")], end_stream=True)
        served.say()

    response = wire.send(Request("GET", serving(script).url)).response
    assert (response.status, response.body, response.headers) == (200, b"hi", ())


def test_who_speaks_http1_alone_is_told_so(wire, peer):
    def script(self, conn, number):
        conn.recv(65536)
        conn.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    outcome = wire.send(Request("GET", peer(script).url))
    assert outcome.breakage is Breakage.GARBAGE
    assert "take `http2 = true` out of [target]" in outcome.detail


def test_who_speaks_http2_alone_is_told_which_line_to_write(peer):
    def script(self, conn, number):
        conn.recv(65536)
        conn.sendall(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]) + goaway(0, 1))

    with Wire() as wire:
        outcome = wire.send(Request("GET", peer(script).url))
    assert outcome.breakage is Breakage.GARBAGE
    assert "write `http2 = true` in [target]" in outcome.detail


@pytest.fixture
def secure(peer, tmp_path):
    """A TLS peer that offers these protocols, and answers in what was chosen."""

    def start(*protocols):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self_signed(tmp_path))
        context.set_alpn_protocols(list(protocols))

        def script(self, conn, number):
            with context.wrap_socket(conn, server_side=True) as inner:
                if inner.selected_alpn_protocol() == "h2":
                    served = Served(inner)
                    while heard := served.hear():
                        served.answer(heard[0])
                while self.read(inner):
                    inner.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

        made = peer(script)
        made.url = made.url.replace("http", "https")
        return made

    return start


@pytest.mark.parametrize(
    ("protocols", "spoken"),
    [(("h2", "http/1.1"), "HTTP/2"), (("http/1.1",), "HTTP/1.1"), (("h2",), "HTTP/2")],
)
def test_over_tls_the_peer_chooses(secure, protocols, spoken):
    with Wire(tls=trusted(False), http2=offering(False)) as wire:
        made = secure(*protocols)
        for _ in range(2):
            assert wire.send(Request("GET", made.url)).response.body == b"hi"
        assert wire.send(Request("PUT", made.url, (), bytes(200_000))).response.body == b"hi"
        assert wire.spoken == spoken
        assert made.connections == 2


def test_what_is_not_taken_is_inconclusive_and_charged_to_nobody(serving, tmp_path):
    def script(served, number):
        while heard := served.hear():
            served.h2.reset_stream(heard[0], ErrorCodes.REFUSED_STREAM)
            served.say()

    document = tmp_path / "api.yaml"
    document.write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
        "paths: {/ping: {post: {responses: {'200': {description: Pong.}}}}}\n"
    )
    file = tmp_path / "target.toml"
    url = serving(script).url
    file.write_text(f'[target]\nbase-url = "{url}"\nspec = "{document}"\nhttp2 = true\n')
    target = open_target({"target": str(file)}, profile=active())
    try:
        target.begin(None)
        target.tally = Tally(Property("FUZ000", "info", (), (), (), "none", ""), None)
        (case,) = target.boundary(target.spec.operations[0], valid=True, most=1)
        with target.world() as world:
            world.send(case)
        (reason,) = target.tally.unanswered
        assert reason == "POST /ping: the request was not taken: RST_STREAM (REFUSED_STREAM)"
        (exchange,) = target.recorder.recent
        assert exchange.breakage is Breakage.REFUSED
    finally:
        target.close()
