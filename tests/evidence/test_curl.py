"""What the shell line sends is byte for byte what was sent; secrets come from variables."""

import http.server
import os
import shutil
import subprocess
import threading

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from troth.curl import curl
from troth.exchange import Exchange, Request
from troth.redaction import Redactor

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")


class Keeps(http.server.BaseHTTPRequestHandler):
    """Keeps what arrived: method, target, headers as bytes-in-Latin-1, body."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.arrived.append((self.command, self.path, list(self.headers.items()), body))
        self.send_response(204)
        self.end_headers()

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeps) as served:
        served.arrived = []
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield served
        served.shutdown()
        thread.join()


def sent(server, request, *, secrets=(), **variables):
    """What arrived when a POSIX shell ran the line for ``request``."""
    port = server.server_address[1]
    request = Request(
        request.method, f"http://127.0.0.1:{port}{request.url}", request.headers, request.body
    )
    line = curl(Exchange(1, "alice", None, request), redactor=Redactor(secrets))
    server.arrived.clear()
    done = subprocess.run(
        ["sh"],
        check=False,
        input=line.encode(),
        capture_output=True,
        env={**os.environ, **variables},
        timeout=20,
    )
    assert done.returncode == 0, (line, done.stderr)
    (arrived,) = server.arrived
    return line, arrived


NOISE = {"host", "user-agent", "content-length"}


def without_noise(headers):
    return sorted(pair for pair in headers if pair[0].lower() not in NOISE)


BODIES = {
    "none": b"",
    "quotes": b'{"a": "it\'s $HOME `x` \\" ! %s \\n"}',
    "text": "zoë\n\n".encode(),
    "at": b"@/etc/hosts",
    "nul": b"\0a\0b%d\\101\r\n\t",
    "binary": b"\xff\xfe",
    "dash": b"-n",
    "long": b"x" * 150_000,
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "X")


@pytest.mark.parametrize(
    ("method", "body"),
    # curl would wait for a body in the answer to a HEAD with content.
    [(method, body) for method in METHODS for body in BODIES if method != "HEAD" or body == "none"],
)
def test_method_and_body_arrive(server, method, body):
    body = BODIES[body]
    _, arrived = sent(server, Request(method, "/", (), body))
    assert arrived[0] == method
    assert arrived[3] == body
    assert without_noise(arrived[2]) == []


@pytest.mark.parametrize(
    "target",
    [
        "/a/../b",
        "/a/./",
        "/{x}[1-3]?q[]=1",
        "/a'b?x=$HOME&y=%00%2e%2e/",
        "/%2e%2e/x",
        "/x//y?a?b",
        "/?",
    ],
)
def test_the_target_arrives_as_it_was(server, target):
    assert sent(server, Request("GET", target))[1][1] == target


def test_headers_arrive_and_noise_is_left_out(server):
    headers = (
        ("Host", f"127.0.0.1:{server.server_address[1]}"),
        ("User-Agent", "troth/0.1.0"),
        ("Accept", "text/event-stream"),
        ("Accept-Encoding", "gzip"),
        ("Content-Length", "2"),
        ("X-Empty", ""),
        ("X-Quote", 'it\'s "$HOME" `x` \\'),
        ("X-Two", "1"),
        ("X-Two", "2"),
        ("X-Latin", "é\xff"),
        ("Content-Type", "application/json"),
    )
    line, arrived = sent(server, Request("POST", "/", headers, b"{}"))
    kept = [pair for pair in headers if pair[0].lower() not in NOISE | {"accept-encoding"}]
    assert without_noise(arrived[2]) == sorted(kept)
    assert "troth/" not in line
    assert "Host" not in line


def test_a_forged_host_and_agent_are_not_noise(server):
    headers = (("Host", "evil.test"), ("User-Agent", "${jndi:x}"))
    arrived = dict(sent(server, Request("GET", "/", headers))[1][2])
    assert (arrived["Host"], arrived["User-Agent"]) == ("evil.test", "${jndi:x}")


def test_secrets_are_variables(server):
    request = Request(
        "POST",
        "/x?api_key=hunter22",
        (("Authorization", "Bearer swordfish"), ("X-API-Key", "k3yk3y"), ("Cookie", "a=made-up")),
        b'{"password": "hunter22", "pin": "it\'s"}',
    )
    line, arrived = sent(
        server,
        request,
        secrets=["hunter22", "swordfish"],
        TROTH_TOKEN="new!$x",
        TROTH_API_KEY="key",
        TROTH_SECRET_1="p$w",
        TROTH_REDACTED="r",
    )
    assert '-H "Authorization: Bearer $TROTH_TOKEN"' in line
    assert "hunter22" not in line
    assert "swordfish" not in line
    assert dict(arrived[2])["Authorization"] == "Bearer new!$x"
    assert dict(arrived[2])["X-API-Key"] == "key"
    assert dict(arrived[2])["Cookie"] == "a=r"
    assert arrived[3] == b'{"password": "p$w", "pin": "it\'s"}'


def test_secrets_in_content_for_printf_are_variables(server):
    request = Request("POST", "/", (), b"\0hunter22%\0")
    line, arrived = sent(server, request, secrets=["hunter22"], TROTH_SECRET_1="a\\b%c")
    assert line.startswith("printf ")
    assert arrived[3] == b"\0a\\b%c%\0"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(body=b"-\0")
@given(body=st.binary(min_size=1, max_size=60) | st.text(min_size=1).map(str.encode))
def test_any_body_arrives(server, body):
    assert sent(server, Request("POST", "/", (), body))[1][3] == body
