"""Asks `troth.defects.warm` for a process, and ends when that does.

As a script, which `[target] start` runs with `python -I -S`, it imports next to nothing, and so is
there at once.
"""

import json
import os
import signal
import socket
import sys


def ask(path: str, work: str, *arguments: str, env: dict[str, str], folder: str, out: int) -> int:
    """Have ``work`` done by a fork of the process at the socket ``path``: its exit code.

    Its output goes to the descriptor ``out``. 1 when it ended without saying how.
    """
    asked = {
        "work": work,
        "arguments": arguments,
        "env": env,
        "folder": folder,
        "group": os.getpgrp(),
    }
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        socket.send_fds(connection, [json.dumps(asked).encode()], [out, out])
        said = connection.recv(1)
    return said[0] if said else 1


if __name__ == "__main__":
    # The signal goes to the whole group; the service ends of it, and then this does.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    here = os.getcwd()  # noqa: PTH109 - importing pathlib takes longer than all the rest
    sys.exit(ask(*sys.argv[1:], env=dict(os.environ), folder=here, out=1))
