"""Our own listener on loopback, which a service must not be brought to call.

Each request is known by the token in its path. `/t/TOKEN` answers a text that stands nowhere else,
and whatever is asked for is noted.
"""

import re
import threading
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from time import monotonic
from typing import Final
from urllib.parse import unquote

MOST_HEARD: Final = 1000
_PATIENCE: Final = 5.0
"""Seconds that a caller may take to say what he wants."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    heard: "set[str]"
    news: threading.Condition


class _Answering(BaseHTTPRequestHandler):
    timeout = _PATIENCE
    server: _Server

    def _answer(self) -> None:
        token = self.path.partition("?")[0].strip("/").rpartition("/")[2]
        body = told(token).encode()
        with self.server.news:
            if len(self.server.heard) < MOST_HEARD:
                self.server.heard.add(token)
            self.server.news.notify_all()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
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


_OURS: Final = re.compile(r":([0-9]{2,5})/t/[0-9a-f]{16}")


def ports(text: str) -> list[int]:
    """The ports of listeners that a request names, so that a replay can listen there again."""
    return sorted({int(each) for each in _OURS.findall(unquote(text))})


class Listener:
    """Listens on 127.0.0.1 and ``port``, a free one by default, until it is closed.

    Raises OSError where the port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Answering)
        self._server.heard = set()
        self._server.news = threading.Condition()
        serve = partial(self._server.serve_forever, poll_interval=0.05)
        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        self.port: int = self._server.server_port

    def token(self) -> str:
        """A new one, which nobody has seen."""
        return token_hex(8)

    def url(self, token: str, host: str = "127.0.0.1") -> str:
        """Where ``token`` is heard of, under whatever name of this machine."""
        return f"http://{host}:{self.port}/t/{token}"

    def heard(self, token: str, within: float = 0.0) -> bool:
        """Whether ``token`` was asked for, waited for so many seconds at most."""
        until = monotonic() + within
        with self._server.news:
            while token not in self._server.heard:
                left = until - monotonic()
                if left <= 0:
                    return False
                self._server.news.wait(left)
        return True

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_PATIENCE)
