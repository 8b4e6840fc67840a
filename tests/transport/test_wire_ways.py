"""However a service is reached, it is reached: IPv6, Unix sockets, certificates of one's own."""

import gzip
import json
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

from troth.errors import UsageError
from troth.exchange import Request
from troth.opening import open_target
from troth.profile import active
from troth.spec.fetch import Unfetched, fetch
from troth.transport.http import Wire
from troth.transport.trust import trusted

DOCUMENT = json.dumps(
    {
        "openapi": "3.1.0",
        "info": {"title": "Ways", "version": "1"},
        "paths": {"/ping": {"get": {"responses": {"200": {"description": "Pong."}}}}},
    }
).encode()


def answer(body, *, status="200 OK", head=b""):
    length = str(len(body)).encode()
    return (
        b"HTTP/1.1 "
        + status.encode()
        + b"\r\nContent-Length: "
        + length
        + b"\r\n"
        + head
        + (b"\r\n" + body)
    )


@contextmanager
def listening(family, address):
    """A server on ``address`` that answers every request with the document, one at a time."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen()
    asked = []

    def serve():
        while True:
            try:
                conn, _ = listener.accept()
            except OSError:
                return
            with conn:
                conn.settimeout(10)
                while head := conn.recv(65536):
                    asked.append(head)
                    conn.sendall(answer(DOCUMENT))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname(), asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(12)


def opened(tmp_path, told):
    file = tmp_path / "target.toml"
    file.write_text(f"[target]\n{told}\n")
    target = open_target({"target": str(file)}, profile=active())
    target.close()
    return target


def test_a_target_on_ipv6(tmp_path):
    with listening(socket.AF_INET6, ("::1", 0)) as ((_, port, *_), asked):
        target = opened(tmp_path, f'base-url = "http://[::1]:{port}"\nspec = "/openapi.json"')
    assert target.spec.title == "Ways"
    assert f"Host: [::1]:{port}".encode() in asked[-1]


def test_a_target_on_a_unix_socket(tmp_path):
    with listening(socket.AF_UNIX, str(tmp_path / "s")) as (_, asked):
        told = 'base-url = "http://localhost/api"\nsocket = "s"\nspec = "http://localhost/o.json"'
        target = opened(tmp_path, told)
        assert target.spec.title == "Ways"
        assert asked[-1].startswith(b"GET /o.json ")
        with Wire(unix=str(tmp_path / "s")) as wire:
            assert wire.alive("http://localhost")
            assert (
                wire.send(Request("POST", "http://localhost/x", (), b"{}")).response.status == 200
            )
        assert asked[-1].startswith(b"POST /x ")


def test_a_socket_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UsageError, match="nothing answers at http://localhost"):
        opened(tmp_path, 'base-url = "http://localhost"\nsocket = "none"')


def test_certificates_that_can_not_be_read_are_said(tmp_path):
    with pytest.raises(UsageError, match=r"verify: `.*nope.pem` can not be used: No such file"):
        opened(tmp_path, 'base-url = "https://127.0.0.1:1"\nverify = "nope.pem"')
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(UsageError, match="no certificate in PEM"):
        opened(tmp_path, 'base-url = "https://127.0.0.1:1"\nverify = "bad.pem"')


def test_nobody_is_trusted_unseen_by_default():
    assert trusted(True) is None
    assert trusted(False).verify_mode == ssl.CERT_NONE


# A document is fetched before anything is known of the target: it may be anybody.


def test_a_document_that_drips_ends(peer):
    def script(self, conn, number):
        self.read(conn)
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not self.stopped.wait(0.05):
            conn.sendall(b" ")

    with pytest.raises(Unfetched, match="no answer within"):
        fetch(peer(script).url, timeout=0.5)


def test_headers_that_drip_end(peer):
    def script(self, conn, number):
        self.read(conn)
        conn.sendall(b"HTTP/1.1 200 OK\r\n")
        while not self.stopped.wait(0.05):
            conn.sendall(b"X-A: b\r\n")

    with pytest.raises(Unfetched, match="no answer within"):
        fetch(peer(script).url, timeout=0.5)


def test_a_document_that_unpacks_to_more_than_is_read_is_refused(answering):
    packed = gzip.compress(bytes(5_000_000))
    url = answering(answer(packed, head=b"Content-Encoding: gzip\r\n")).url
    with pytest.raises(Unfetched, match="larger than 1000000 bytes"):
        fetch(url, largest=1_000_000)


def test_a_document_that_moves_for_ever_is_refused(answering):
    url = answering(answer(b"", status="302 Found", head=b"Location: /again\r\n")).url
    with pytest.raises(Unfetched, match="sent on more than"):
        fetch(url)


def test_a_redirect_is_shown_and_not_followed(peer, answering, wire):
    other = answering(answer(b"secret"))
    away = answering(answer(b"", status="307 Moved", head=f"Location: {other.url}\r\n".encode()))
    credential = (("Authorization", "Bearer t"),)
    assert wire.send(Request("GET", away.url, credential)).response.status == 307
    assert other.requests == []


def test_a_connection_that_is_dropped_after_an_error_hurts_nothing_else(peer, wire):
    def script(self, conn, number):
        if self.read(conn):
            conn.sendall(answer(b"no", status="500 Oops"))  # without a word of closing

    url = peer(script).url
    assert [wire.send(Request("GET", url)).response.status for _ in range(3)] == [500, 500, 500]


def test_headers_of_a_proxy_are_kept_as_they_came(answering, wire):
    head = b"Via: 1.1 varnish\r\nX-Cache: HIT\r\nVia: 1.1 envoy\r\n"
    response = wire.send(Request("GET", answering(answer(b"ok", head=head)).url)).response
    assert [value for name, value in response.headers if name == "Via"] == [
        "1.1 varnish",
        "1.1 envoy",
    ]
