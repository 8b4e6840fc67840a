"""Our own listener on loopback, which a service must not be brought to call.

Each request is known by the token in its path, and whatever is asked for is noted. `/t/TOKEN`
answers a text that stands nowhere else, unless something was put there; `/r/TOKEN` leads on to
another token of 127.0.0.1. A door is a port of its own, of which it is only known whether somebody
came.
"""

import re
import socketserver
import threading
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from time import monotonic
from typing import Final, Self
from urllib.parse import unquote

HOME: Final = "127.0.0.1"
MOST_HEARD: Final = 1000
_PATIENCE: Final = 5.0
"""Seconds that a caller may take to say what he wants."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    heard: "set[str]"
    news: threading.Condition
    home: str
    held: "dict[str, tuple[str, bytes]]"


class _Answering(BaseHTTPRequestHandler):
    timeout = _PATIENCE
    server: _Server

    def _answer(self) -> None:
        token = self.path.partition("?")[0].strip("/").rpartition("/")[2]
        media_type, body = self.server.held.get(token, ("text/plain", told(token).encode()))
        with self.server.news:
            if len(self.server.heard) < MOST_HEARD:
                self.server.heard.add(token)
            self.server.news.notify_all()
        if self.path.startswith("/r/"):
            self.send_response(302)
            self.send_header("Location", f"{self.server.home}/t/{led_to(token)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer  # noqa: N815 - theirs

    def log_message(self, *_: object) -> None:
        """Say nothing: it is kept in ``heard``."""


def told(token: str) -> str:
    """What is answered to ``token``: it can not be made of that without knowing how."""
    return f"troth-{sha256(f'listener {token}'.encode()).hexdigest()[:24]}"


_OURS: Final = re.compile(r":([0-9]{2,5})/[tr]/[0-9a-f]{16}")


def ports(text: str) -> list[int]:
    """The ports of listeners that a request names, so that a replay can listen there again."""
    return sorted({int(each) for each in _OURS.findall(unquote(text))})


def led_to(token: str) -> str:
    """The token that `/r/` of ``token`` leads on to."""
    return sha256(f"troth leads on from {token}".encode()).hexdigest()[:16]


class Listener:
    """Listens on 127.0.0.1 and ``port``, a free one by default, until it is closed.

    ``also`` is another address of this machine at which the same is heard, on the same port.
    Raises OSError where the port is taken, or the other address is none of this machine.
    """

    def __init__(self, port: int = 0, *, also: str = "") -> None:
        first = _Server((HOME, port), _Answering)
        self.port: int = first.server_port
        self._servers = [first]
        if also and also not in {HOME, "localhost"}:
            try:
                self._servers.append(_Server((also, self.port), _Answering))
            except OSError:
                first.server_close()
                raise
        self._heard: set[str] = set()
        self._news = threading.Condition()
        self._held: dict[str, tuple[str, bytes]] = {}
        self._threads = []
        for each in self._servers:
            each.heard, each.news, each.home = self._heard, self._news, f"http://{HOME}:{self.port}"
            each.held = self._held
            serve = partial(each.serve_forever, poll_interval=0.05)
            self._threads.append(threading.Thread(target=serve, daemon=True))
            self._threads[-1].start()

    def token(self) -> str:
        """A new one, which nobody has seen."""
        return token_hex(8)

    def url(self, token: str, host: str = HOME) -> str:
        """Where ``token`` is heard of, under whatever name of this machine."""
        return f"http://{host}:{self.port}/t/{token}"

    def hold(self, body: bytes, media_type: str) -> str:
        """The address of a fresh token at which ``body`` is answered."""
        token = self.token()
        self._held[token] = (media_type, body)
        return self.url(token)

    def leading_on(self, token: str, host: str) -> str:
        """An address that leads on to where ``led_to(token)`` is heard of."""
        return f"http://{host}:{self.port}/r/{token}"

    def heard(self, token: str, within: float = 0.0) -> bool:
        """Whether ``token`` was asked for, waited for so many seconds at most."""
        until = monotonic() + within
        with self._news:
            while token not in self._heard:
                left = until - monotonic()
                if left <= 0:
                    return False
                self._news.wait(left)
        return True

    def close(self) -> None:
        """Stop listening."""
        for each, thread in zip(self._servers, self._threads, strict=True):
            each.shutdown()
            each.server_close()
            thread.join(_PATIENCE)


class _Knocked(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Note it, and hang up: whoever came is to wait for nothing."""
        self.server.knocked.set()  # type: ignore[attr-defined]


class Door:
    """A free port of 127.0.0.1 at which nothing is answered, whatever is spoken there."""

    def __enter__(self) -> Self:
        """Listen."""
        self._server = socketserver.TCPServer((HOME, 0), _Knocked)
        self._knocked = threading.Event()
        vars(self._server)["knocked"] = self._knocked
        self.port: int = self._server.server_address[1]
        serve = partial(self._server.serve_forever, poll_interval=0.05)
        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_PATIENCE)

    def knocked(self, within: float = 0.0) -> bool:
        """Whether somebody came, waited for so many seconds at most."""
        return self._knocked.wait(within)
