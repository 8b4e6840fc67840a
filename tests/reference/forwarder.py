"""A TCP forwarder on loopback whose far end can be cut off, fall silent, and come back."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing resets the connection


class _Link:
    """One connection through it, there and back."""

    def __init__(self, near: socket.socket) -> None:
        self.near, self.far = near, None
        self.silent = False

    def reset(self) -> None:
        for end in (self.near, self.far):
            if end is not None:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    end.shutdown(socket.SHUT_RD)
                end.close()

    def pump(self, source: socket.socket, sink: socket.socket | None) -> None:
        try:
            while data := source.recv(65536):
                # What is silent goes on taking what it is sent, as a dead host's network does.
                if not self.silent and sink is not None:
                    sink.sendall(data)
        except OSError:
            return  # reset, by us or by an end
        if not self.silent and sink is not None:
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)


class Forwarder:
    """Listens on a port of its own, and passes on to `target`."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._state = "whole"
        self._links: list[_Link] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Reset all connections, and every new one."""
        with self._lock:
            self._state = "cut"
            links, self._links = self._links, []
        for each in links:
            each.reset()

    def silence(self) -> None:
        """Accept whatever comes, and never answer."""
        with self._lock:
            self._state = "silent"
            for each in self._links:
                each.silent = True

    def restore(self) -> None:
        """Serve new connections. Those that fell silent stay so: nobody knows of them any more."""
        with self._lock:
            self._state = "whole"

    def close(self) -> None:
        """Let go of everything."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            link = _Link(near)
            with self._lock:
                state = self._state
                link.silent = state == "silent"
                if state != "cut":
                    self._links.append(link)
            if state == "cut":
                link.reset()
                continue
            if state == "whole":
                link.far = socket.create_connection(self._target)
                with self._lock:
                    cut = link not in self._links
                if cut:
                    # Meanwhile, when it had no far end yet.
                    link.reset()
                    continue
                threading.Thread(target=link.pump, args=(link.far, near), daemon=True).start()
            threading.Thread(target=link.pump, args=(near, link.far), daemon=True).start()


@contextmanager
def forwarding(host: str, port: int) -> Iterator[Forwarder]:
    """One for the time of the block."""
    found = Forwarder((host, port))
    try:
        yield found
    finally:
        found.close()
