"""Peers that speak anything but good HTTP: a script on a raw socket, one thread a connection."""

import contextlib
import socket
import threading

import pytest

from troth.transport.http import Wire


class Peer:
    """``script(conn, number)`` serves each connection; what it read is in ``requests``."""

    def __init__(self, script):
        self.script = script
        self.requests = []
        self.connections = 0
        self.stopped = threading.Event()
        self.errors = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                conn, _ = self.socket.accept()
            except OSError:
                return
            if self.stopped.is_set():
                conn.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self.serve, args=(conn, self.connections))
            self.threads.append(thread)
            thread.start()

    def serve(self, conn, number):
        conn.settimeout(10)
        with conn, contextlib.suppress(OSError):
            self.script(conn, number)

    def read(self, conn):
        """One request, whole; b"" when the client closed."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = conn.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line[:15] == b"Content-Length:"), 0
        )
        while len(body) < length:
            body += conn.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        return self.requests[-1]

    def stop(self):
        self.stopped.set()
        with contextlib.suppress(OSError):
            socket.create_connection(self.socket.getsockname(), 1).close()
        self.socket.close()
        for thread in self.threads:
            thread.join(12)
            assert not thread.is_alive()


@pytest.fixture
def peer():
    """Starts a peer with a script of (peer, conn, number)."""
    peers = []

    def start(script):
        made = Peer(lambda conn, number: script(made, conn, number))
        peers.append(made)
        return made

    yield start
    for each in peers:
        each.stop()


@pytest.fixture
def answering(peer):
    """A peer that answers every request with the same bytes, then closes."""

    def start(*pieces):
        def script(self, conn, number):
            if self.read(conn):
                for piece in pieces:
                    conn.sendall(piece)

        return peer(script)

    return start


@pytest.fixture
def wire(peer):  # closed before the peers stop
    with Wire() as made:
        yield made
