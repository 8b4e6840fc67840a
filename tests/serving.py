"""Real services on loopback: each a process of its own, which ends with its starter."""

import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import environ
from pathlib import Path

ROOT = Path(__file__).parents[1]
START = 60.0  # seconds a service may take to say its port; a second is usual


@contextmanager
def process(*command: str, env: dict[str, str] | None = None) -> Iterator[str]:
    """Run ``python -m *command``, which prints its port and serves until its input closes."""
    running = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**environ, **(env or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with running:
        try:
            ready, _, _ = select.select([running.stdout], [], [], START)
            line = running.stdout.readline() if ready else b""
            assert line, f"{command} did not start"
            yield f"http://127.0.0.1:{int(line)}"
        finally:
            running.stdin.close()
            running.wait(START)


@contextmanager
def static(content: bytes, *, path: str = "/openapi.json") -> Iterator[str]:
    """A server that has ``content`` at ``path``, and nothing anywhere else."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            found = content if self.path == path else b""
            self.send_response(200 if self.path == path else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.02))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
