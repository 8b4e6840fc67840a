"""Over TLS all is the same, and a certificate that nobody vouches for is no connection."""

import os
import ssl

import pytest

from tests.certificates import self_signed
from troth.exchange import Breakage, Request
from troth.transport.http import Wire
from troth.transport.trust import trusted

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure(peer, certificate):
    """A TLS peer that serves one connection after another, each kept alive."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def script(self, conn, number):
        with context.wrap_socket(conn, server_side=True) as inner:
            while self.read(inner):
                inner.sendall(OK)

    made = peer(script)
    made.url = made.url.replace("http", "https")
    return made


def test_requests_over_tls_share_a_connection_too(secure, certificate):
    context = ssl.create_default_context(cafile=certificate[0])
    with Wire(tls=context) as wire:
        for _ in range(3):
            assert wire.send(Request("GET", secure.url + "/a/../b")).response.body == b"hi"
        assert secure.connections == 1
        body = os.urandom(1_000_000)
        assert wire.send(Request("POST", secure.url + "/", (), body)).response.status == 200
        assert secure.requests[-1].endswith(body)
        assert secure.connections == 2


def test_an_unknown_certificate_is_unreachable_and_says_why(secure):
    with Wire() as wire:
        outcome = wire.send(Request("GET", secure.url))
    assert outcome.breakage is Breakage.UNREACHABLE
    assert outcome.detail.startswith("TLS: self-signed certificate")


def test_the_target_file_may_trust_a_certificate_or_any(secure, certificate):
    for verify in (False, str(certificate[0])):
        with Wire(tls=trusted(verify)) as wire:
            assert wire.send(Request("GET", secure.url)).response.body == b"hi"
