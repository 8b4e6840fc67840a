"""What goes out is what was asked for, byte for byte, or nothing at all."""

import pytest

from troth.exchange import Request
from troth.transport.http import UnsendableRequest
from troth.transport.request import join, origin, prepare

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.mark.parametrize(
    "target",
    [
        "/a%2fb%2Fc",
        "/a/../b/./c//d",
        "/%2e%2e/x",
        "/%zz%",
        "/a'b|c\"d<e>{f}[g]^`\\",
        "/?q=a%20b+c'\"&&=&x",
        "/%00%ff%C0%80",
        "/x;y=1,2:@!$()*~",
        "/" + "a" * 9000,
    ],
)
def test_a_url_goes_out_byte_for_byte(wire, answering, target):
    peer = answering(OK)
    assert wire.send(Request("GET", peer.url + target)).response.status == 200
    assert peer.requests[0].split(b" ")[1] == target.encode()


def test_a_url_without_path_or_with_a_fragment_is_sent_as_http_wants_it(wire, answering):
    peer = answering(OK)
    for url in (peer.url, peer.url + "?a=1", peer.url + "/x#part", peer.url + "/é"):
        assert wire.send(Request("GET", url)).response.status == 200
    sent = [each.split(b" ")[1] for each in peer.requests]
    assert sent == [b"/", b"/?a=1", b"/x", b"/%C3%A9"]


def test_headers_keep_their_order_and_bytes(wire, answering):
    peer = answering(OK)
    headers = (("X-b", "é"), ("x-A", "Привет"), ("X-b", "\x01\x7f\x80"), ("X-C", " v "), ("Y", ""))
    wire.send(Request("GET", peer.url + "/", headers))
    lines = peer.requests[0].split(b"\r\n")[2:7]
    assert lines == [
        b"X-b: \xe9",
        b"x-A: " + "Привет".encode(),
        b"X-b: \x01\x7f\x80",
        b"X-C: v",
        b"Y: ",
    ]
    assert peer.requests[0].startswith(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:")


def test_defaults_are_added_once_and_given_values_win(wire, answering):
    peer = answering(OK)
    sent = prepare(Request("POST", peer.url + "/", (("accept", "text/plain"),), b"\xff\x00"))
    assert [name for name, _ in sent.headers] == [
        "Host",
        "accept",
        "User-Agent",
        "Accept-Encoding",
        "Content-Length",
    ]
    assert sent.header("user-agent").startswith("troth/")
    assert prepare(sent) == sent
    wire.send(sent)
    assert peer.requests[0].endswith(b"\r\n\r\n\xff\x00")
    assert peer.requests[0].count(b"Host:") == 1


@pytest.mark.parametrize("method", ["QUERY", "get", "M-SEARCH", "X!#$%&'*+.^_`|~", "OPTIONS"])
def test_any_token_is_a_method(wire, answering, method):
    peer = answering(OK)
    assert wire.send(Request(method, peer.url + "/")).response.status == 200
    assert peer.requests[0].startswith(method.encode() + b" /")


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "http://127.0.0.1:1/", (("X", "a\r\nb: c"),)),
        Request("GET", "http://127.0.0.1:1/", (("X", "a\0secret"),)),
        Request("GET", "http://127.0.0.1:1/", (("X", "secret\ud800"),)),
        Request("GET", "http://127.0.0.1:1/", (("X", "secret\x0b"),)),
        Request("GET", "http://127.0.0.1:1/", (("X y", "secret"),)),
        Request("GET", "http://127.0.0.1:1/", (("é", "secret"),)),
        Request("GET", "http://127.0.0.1:1/", (("Content-Length", "3"),), b"secret"),
        Request("GET", "http://127.0.0.1:1/", (("Content-Length", "secret"),)),
        Request("GET", "http://127.0.0.1:1/", (("Transfer-Encoding", "secret"),)),
        Request("GET", "http://127.0.0.1:1/\ud800"),
        Request("GET", "http://127.0.0.1:1/a b"),
        Request("GET", "http://127.0.0.1:1/a\r\nX: secret"),
        Request("G T", "http://127.0.0.1:1/"),
        Request("", "http://127.0.0.1:1/"),
        Request("É", "http://127.0.0.1:1/"),
        Request("GET", "/relative"),
        Request("GET", "http:///x"),
        Request("GET", "http://secret:password@127.0.0.1/"),
        Request("GET", "http://127.0.0.1:99999/"),
        Request("GET", "ftp://127.0.0.1/"),
    ],
)
def test_what_http_cannot_carry_is_said_and_not_sent(wire, request_):
    with pytest.raises(UnsendableRequest) as raised:
        wire.send(request_)
    assert str(raised.value)
    assert "secret" not in str(raised.value)


def test_origins_are_compared_by_scheme_host_and_port():
    assert origin("HTTP://LocalHost/x") == origin("http://localhost:80")
    assert origin("https://h") != origin("http://h")
    assert origin("http://[::1]:8/").host == "::1"
    assert str(origin("http://[::1]:8/")) == "http://[::1]:8"


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1", True),
        ("http://127.8.9.1:5", True),
        ("http://[::1]", True),
        ("http://LOCALHOST", True),
        ("http://api.localhost", True),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("http://[2001:db8::1]", False),
        ("http://0.0.0.0", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_that_looks_like_it(url, loopback):
    assert origin(url).loopback is loopback


@pytest.mark.parametrize(
    ("base", "prefix", "joined"),
    [
        ("http://h", "", "http://h/x"),
        ("http://h/", "/api/v1", "http://h/api/v1/x"),
        ("http://h/api/v1", "/api/v1", "http://h/api/v1/x"),
        ("http://h/gateway", "/api", "http://h/gateway/x"),
        ("http://api", "/api", "http://api/api/x"),
    ],
)
def test_the_base_path_is_added_to_a_base_url_that_has_none(base, prefix, joined):
    assert join(base, prefix, "/x") == joined


def test_what_cannot_be_recorded_as_sent_is_refused_while_preparing():
    for url in ("http://h/a b", "http://h/\x7f", "http://h/?\r\n"):
        with pytest.raises(UnsendableRequest, match="not encoded"):
            prepare(Request("GET", url))
