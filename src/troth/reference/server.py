"""Serves the application over a socket: port 0 works, SIGTERM ends it gently, all logs are JSON."""

import logging
import signal
import socket

import uvicorn
from fastapi import FastAPI

from troth.reference.logs import log
from troth.reference.stopping import GRACE, Stopping
from troth.reference.wire import Http, WebSocket

_LONGEST_HEAD = 2 * 1024 * 1024


class Server(uvicorn.Server):
    """uvicorn, saying where it listens once it does, and to the application that it ends."""

    def __init__(self, config: uvicorn.Config, stopping: Stopping) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then write the `ready` record."""
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            log(logging.INFO, "ready", host=host, port=port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the application first: its streams end, and what is under way has a time limit."""
        self._stopping.begin()
        await super().shutdown(sockets)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Without IPPROTO_TCP asyncio leaves Nagle on: 44 ms a request."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def server(app: FastAPI) -> Server:
    """A server for `app`, not yet started."""
    return Server(
        uvicorn.Config(
            app,
            http=Http,
            ws=WebSocket,
            ws_max_size=app.state.platform.settings.max_body,
            # What a frame weighs is what was sent: nothing is unpacked.
            ws_per_message_deflate=False,
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            # Who asks says nothing of where he is: limits count by the address that is connected.
            proxy_headers=False,
            # Longer than its clients keep them: who closes first never meets a request on its way.
            timeout_keep_alive=75,
            # Over-long addresses and headers are the application's to refuse, in its own words.
            h11_max_incomplete_event_size=_LONGEST_HEAD,
            # For what was cancelled, after the grace that it had.
            timeout_graceful_shutdown=round(GRACE) + 2,
        ),
        app.state.platform.stopping,
    )


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    # uvicorn raises the signal anew once it has shut down: that must not kill us then.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)
    with bind(host, port) as listener:
        server(app).run(sockets=[listener])
