"""`python -m troth.defects.warm SOCKET` imports everything once, and forks what is asked for.

Importing the reference service and the suites takes more processor time than a short run of them;
a run of the detection matrix is one of each for every defect. `troth.defects.ask_warm` asks.
"""

import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import pytest

import troth.runner.asking  # noqa: F401 - what the forks need
from troth.defects import serving
from troth.errors import UsageError

KNOWN = Path(sys.argv[1]).parent if len(sys.argv) > 1 else None
"""Where services find the documents of those before them: beside the socket."""
LONGEST = 1 << 20  # bytes of one request: arguments and environment


def main() -> None:
    """Fork until the input ends: whoever started this is gone then, or needs it no more."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    click.echo("ready")
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        asked, files, _, _ = socket.recv_fds(connection, LONGEST, 2)
        if os.fork() == 0:
            listener.close()
            _become(connection, json.loads(asked), files)
        connection.close()
        for each in files:
            os.close(each)


def _become(connection: socket.socket, asked: Mapping[str, Any], files: list[int]) -> None:
    """Be what was asked for, in the process group of who asked; never returns."""
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, asked["group"])
        for number, each in enumerate(files, start=1):
            os.dup2(each, number)
            os.close(each)
        os.environ.clear()
        os.environ.update(asked["env"])
        os.chdir(asked["folder"])
        code = WORK[asked["work"]](asked["arguments"])
    except BaseException:  # noqa: BLE001 - said where the caller reads it; there is no other end
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(bytes([code]))
        # What was registered for the end of the parent is not ours to run.
        os._exit(code)


def _serve(arguments: list[str]) -> int:
    name, port = arguments
    try:
        serving.run(name if name != "-" else "", "127.0.0.1", int(port), known=KNOWN)
    except UsageError as error:
        click.echo(str(error), err=True)
        return 2
    return 0


def _run(arguments: list[str]) -> int:
    # Rewriting assertions, which suites do not use, would want to come before all imports.
    return int(pytest.main(["--assert=plain", *arguments]))


WORK: dict[str, Callable[[list[str]], int]] = {"serve": _serve, "run": _run}

if __name__ == "__main__":
    main()
