"""Serves `module:application` over HTTP/2 as `tests.apps.serve` does; over TLS with two files."""

import asyncio
import importlib
import socket
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config


async def main() -> None:
    """Print the port in one line, then serve until standard input closes."""
    module, _, name = sys.argv[1].partition(":")
    application = getattr(importlib.import_module(module), name)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = "CRITICAL"
    if len(sys.argv) > 2:
        config.certfile, config.keyfile = sys.argv[2:4]
    sockets = config.create_sockets()
    (bound,) = sockets.secure_sockets + sockets.insecure_sockets
    bound.listen(2048)
    config.create_sockets = lambda: sockets
    print(bound.getsockname()[1], flush=True)  # noqa: T201 - its parent reads it

    async def closed() -> None:
        await asyncio.to_thread(sys.stdin.buffer.read)

    await serve(application, config, shutdown_trigger=closed)


if __name__ == "__main__":
    asyncio.run(main())
