"""Serves `module:application` on an ephemeral loopback port, until its standard input closes."""

import importlib
import socket
import sys
import threading

import uvicorn


def main() -> None:
    """Print the port in one line, then serve."""
    module, _, name = sys.argv[1].partition(":")
    application = getattr(importlib.import_module(module), name)
    # IPPROTO_TCP, without which asyncio leaves Nagle's algorithm on: 44 ms a request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)  # before the port is told: who reads it connects at once
    server = uvicorn.Server(
        uvicorn.Config(application, log_level="critical", access_log=False, lifespan="off")
    )

    def until_closed() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True
        server.force_exit = True

    threading.Thread(target=until_closed, daemon=True).start()
    print(listener.getsockname()[1], flush=True)  # noqa: T201 - its parent reads it
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
