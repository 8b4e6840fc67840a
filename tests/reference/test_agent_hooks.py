"""Hooks lead to public addresses only, are told what happened, and can check who tells them."""

import hashlib
import hmac
import json
import queue
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.reference.agents import asked, single
from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_ownership import faceless
from troth.reference.domain import hook_delivery
from troth.reference.domain.hook_guard import ForbiddenAddressError, place

H = "/api/v1/hooks"
PUBLIC = ["http://93.184.215.14/", "https://8.8.8.8:8443/a?b=c", "https://[2606:4700::1111]/x"]
FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.8.9.1:80/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://localhost/",
    "http:///nowhere",
    "http://:80/",
    "http://[::1/",
    "http://[]/",
    "http://8.8.8.8:99999/",
    "http://8.8.8.8:x/",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_public_addresses_are_taken(stored, url):
    made = stored.ask("alice", "POST", H, json={"url": url, "events": ["turn.completed"]})
    assert made.status_code == 201
    shown = made.json()
    assert made.headers["location"] == f"{H}/{shown['hook_id']}"
    secret = shown.pop("secret")
    got = stored.ask("alice", "GET", made.headers["location"])
    assert got.json() == shown | {"deliveries": []}
    assert secret not in got.text
    assert shown in stored.ask("alice", "GET", H, params={"limit": 100}).json()["hooks"]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_no_other_is_whether_names_are_looked_up_or_not(live, telling, url):
    for service in (live, telling):
        made = service.ask("alice", "POST", H, json={"url": url, "events": ["turn.failed"]})
        assert_problem(made, 409)


@pytest.mark.parametrize("url", ["ftp://8.8.8.8/", "http://a@8.8.8.8/", "http://8.8.8.8/#a", "x"])
def test_what_is_no_such_address_does_not_satisfy_the_schema(live, url):
    made = live.ask("alice", "POST", H, json={"url": url, "events": ["turn.failed"]})
    assert_problem(made, 422)


def named(monkeypatch, addresses):
    """Let names of `.test` have these addresses; the tests themselves connect by number."""
    real = socket.getaddrinfo

    def known(host, port, *rest, **more):
        if not str(host).endswith(".test"):
            return real(host, port, *rest, **more)
        found = [(2, 1, 6, "", (address, port)) for address in addresses(host)]
        if not found:
            raise socket.gaierror
        return found

    monkeypatch.setattr(socket, "getaddrinfo", known)


def test_every_address_of_a_name_must_be_public(monkeypatch):
    found = {"good.test": ["8.8.8.8", "8.8.4.4"], "mixed.test": ["8.8.8.8", "127.0.0.1"]}

    named(monkeypatch, lambda host: found.get(host, []))
    assert str(place("http://good.test/a?b", (), resolve=True).address) == "8.8.8.8"
    for host in ("mixed.test", "unknown.test"):
        with pytest.raises(ForbiddenAddressError):
            place(f"http://{host}/", (), resolve=True)
    with pytest.raises(ForbiddenAddressError):
        place("http://good.test/", (), resolve=False)
    allowed = place("http://mixed.test/", ["127.0.0.0/8"], resolve=True)
    assert str(allowed.address) == "8.8.8.8"


def test_a_name_that_changes_after_it_was_checked_is_not_followed(telling, receiver, monkeypatch):
    url = f"http://rebound.test:{receiver.port}/"
    answers = iter(["8.8.8.8", "10.0.0.1"])
    named(monkeypatch, lambda _: [next(answers)])
    made = telling.ask("alice", "POST", H, json={"url": url, "events": ["turn.failed"]}).json()
    telling.ask("alice", "POST", f"{H}/{made['hook_id']}/test")
    told = outcome(telling, made["hook_id"])
    assert (told["status"], told["attempts"]) == ("refused", 1)


class Receiver:
    def __init__(self, port, heard):
        self.port = port
        self.heard = heard
        self.status = 200
        self.location = None

    def url(self, path="/hook"):
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def receiving():
    heard = queue.Queue()

    class Told(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["content-length"])
            heard.put((self.path, dict(self.headers), self.rfile.read(length)))
            self.send_response(mine.status)
            if mine.location:
                self.send_header("Location", mine.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    mine = Receiver(server.server_port, heard)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield mine
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def telling():
    # It delivers, and so looks names up; of loopback one address that nobody names is allowed.
    with running(settings(hook_delivery=True, hook_allow=["127.0.0.77/32"])) as found:
        yield found


@pytest.fixture(scope="module")
def local():
    with running(settings(hook_delivery=True, hook_allow=["127.0.0.0/8"])) as found:
        yield found


def registered(live, url, *events, who="alice"):
    made = live.ask(who, "POST", H, json={"url": url, "events": events or ["turn.completed"]})
    assert made.status_code == 201, made.text
    return made.json()


def outcome(live, hook_id, who="alice"):
    """The hook's last delivery, when it is settled."""
    while True:
        found = live.ask(who, "GET", f"{H}/{hook_id}").json()["deliveries"]
        if found and found[0]["status"] != "pending":
            return found[0]


def test_a_turn_is_told_signed_and_to_its_owners_hooks_alone(local, receiver):
    mine = registered(local, receiver.url("/mine"), "turn.completed", "turn.waiting")
    other = registered(local, receiver.url("/failures"), "turn.failed")
    theirs = registered(local, receiver.url("/theirs"), who="bob")
    ended = single(local)
    path, headers, body = receiver.heard.get()
    assert path == "/mine"
    assert json.loads(body) == {
        "event": "turn.completed",
        "session_id": ended["session_id"],
        "turn": 1,
        "status": "idle",
    }
    key = hashlib.sha256(mine["secret"].encode()).hexdigest().encode()
    signed = f"{headers['X-Hook-Timestamp']}.".encode() + body
    expected = hmac.new(key, signed, hashlib.sha256).hexdigest()
    assert headers["X-Hook-Signature"] == f"sha256={expected}"
    told = outcome(local, mine["hook_id"])
    assert told["delivery_id"] == headers["X-Hook-Delivery"]
    assert (told["status"], told["attempts"], told["response_status"]) == ("delivered", 1, 200)
    asked(local, ask=True)
    assert json.loads(receiver.heard.get()[2])["event"] == "turn.waiting"
    assert local.ask("alice", "GET", f"{H}/{other['hook_id']}").json()["deliveries"] == []
    assert local.ask("bob", "GET", f"{H}/{theirs['hook_id']}").json()["deliveries"] == []
    for each, who in ((mine, "alice"), (other, "alice"), (theirs, "bob")):
        assert local.ask(who, "DELETE", f"{H}/{each['hook_id']}").status_code == 204
    assert receiver.heard.empty()


@pytest.mark.parametrize("status", [307, 308, 404, 500])
def test_redirects_are_not_followed_and_failures_are_said(local, receiver, status):
    receiver.status, receiver.location = status, receiver.url("/elsewhere")
    hook = registered(local, receiver.url())
    noted = local.ask("alice", "POST", f"{H}/{hook['hook_id']}/test")
    assert noted.status_code == 202
    assert (noted.json()["status"], noted.json()["event"]) == ("pending", "hook.test")
    told = outcome(local, hook["hook_id"])
    assert (told["status"], told["attempts"], told["response_status"]) == ("failed", 2, status)
    assert [receiver.heard.get()[0] for _ in range(2)] == ["/hook", "/hook"]
    assert receiver.heard.empty()
    local.ask("alice", "DELETE", f"{H}/{hook['hook_id']}")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, b"garbage\r\n"])
def test_a_peer_that_never_answers_properly_is_given_up(local, monkeypatch, said):
    monkeypatch.setattr(hook_delivery, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hook = registered(local, f"http://127.0.0.1:{listener.getsockname()[1]}/")
        local.ask("alice", "POST", f"{H}/{hook['hook_id']}/test")
        held = [listener.accept()[0] for _ in range(1)]
        held[0].sendall(said)
        held.append(listener.accept()[0])
        told = outcome(local, hook["hook_id"])
        for each in held:
            each.close()
    assert (told["status"], told["response_status"]) == ("failed", None)
    local.ask("alice", "DELETE", f"{H}/{hook['hook_id']}")


def test_where_nothing_is_delivered_a_test_says_so(stored):
    hook = registered(stored, PUBLIC[0])
    noted = stored.ask("alice", "POST", f"{H}/{hook['hook_id']}/test")
    assert noted.status_code == 202
    assert noted.json()["status"] == "skipped"
    single(stored)
    shown = stored.ask("alice", "GET", f"{H}/{hook['hook_id']}").json()
    assert shown["deliveries"] == [noted.json()]


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/test")])
def test_foreign_and_unknown_cannot_be_told_apart(stored, method, path):
    hook = registered(stored, PUBLIC[0])["hook_id"]
    before = stored.ask("alice", "GET", f"{H}/{hook}").json()
    foreign = stored.ask("bob", method, f"{H}/{hook}{path}")
    unknown = stored.ask("bob", method, f"{H}/{UNKNOWN}{path}")
    assert_problem(foreign, 404)
    assert faceless(foreign) == faceless(unknown)
    assert stored.ask("alice", "GET", f"{H}/{hook}").json() == before
    assert stored.ask("alice", "DELETE", f"{H}/{hook}").status_code == 204
    assert_problem(stored.ask("alice", "DELETE", f"{H}/{hook}"), 404)
