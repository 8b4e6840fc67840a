"""Starts a service on loopback, waits until it is ready, and stops it again."""

import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from string import punctuation
from time import monotonic
from urllib.parse import quote, urlsplit

from troth.config.target import TargetSection
from troth.errors import UsageError
from troth.launch.process import Launched, fate, run

__all__ = ["Launched", "command", "launch", "relaunch"]

HOST = "127.0.0.1"
ATTEMPTS = 3  # at a port that nobody else takes in the meantime
POLL = 0.02  # seconds between two questions whether it is ready
_TAKEN = re.compile("address already in use|EADDRINUSE", re.IGNORECASE)


def launch(
    section: TargetSection,
    *,
    env: Mapping[str, str],
    folder: Path,
    log: Path | None = None,
    redact: Callable[[str], str] | None = None,
) -> Launched:
    """Start what ``section`` says, and wait until it is ready.

    It runs in ``section.folder``, else in ``folder``, in a process group of its own, with the
    environment of this process, ``section.env`` and ``env`` upon it. Its output is kept in memory
    and written to ``log``. Errors quote the end of the output through ``redact``; without it, the
    values of ``env`` are blotted out. It is stopped when this process ends, however it ends.

    Raises UsageError when it cannot be started, dies, or is not ready in time; then nothing is
    left running.
    """
    if os.name != "posix":
        raise UsageError(
            "troth can not start services on this system; start it, and give `base-url`"
        )
    directory = Path(section.folder) if section.folder is not None else folder
    if not directory.is_dir():
        raise UsageError(f"[target] folder: there is no folder {directory}; correct it")
    redact = redact or _without(env.values())
    for attempt in range(1, ATTEMPTS + 1):
        port = _free_port()
        launched = _start(section, port, env=env, folder=directory, log=log, redact=redact)
        try:
            problem = _unready(launched, section, port)
        except BaseException:
            launched.stop()
            raise
        if problem is None:
            return launched
        launched.stop()
        if attempt == ATTEMPTS or not _lost_port(launched, port):
            break
    raise UsageError(f"[target] {_name(section)} {problem}{redact(launched.tail())}")


def relaunch(
    launched: Launched,
    section: TargetSection,
    *,
    env: Mapping[str, str],
    folder: Path,
    redact: Callable[[str], str],
) -> Launched:
    """Stop what `launch` started, and start it once more on the same port.

    Raises UsageError when it can not be started, dies, or is not ready in time.
    """
    port = urlsplit(launched.base_url).port
    assert port is not None
    launched.stop()
    directory = Path(section.folder) if section.folder is not None else folder
    again = _start(section, port, env=env, folder=directory, log=None, redact=redact)
    problem = _unready(again, section, port)
    if problem is not None:
        again.stop()
        raise UsageError(f"[target] {_name(section)} {problem}{redact(again.tail())}")
    return again


def command(section: TargetSection, port: int) -> list[str]:
    """The command line of what ``section`` starts at ``port``. Raises UsageError for none."""
    if section.app is not None:
        address = ["--host", HOST, "--port", str(port)]
        # An open stream would else keep it from ending by itself, and its last lines from us.
        quiet = ["--no-access-log", "--no-use-colors", "--timeout-graceful-shutdown", "3"]
        return [sys.executable, "-m", "uvicorn", section.app, *address, *quiet]
    if not section.start:
        raise UsageError("[target] has neither `app` nor `start`; there is nothing to start")
    return [_filled(each, port) for each in section.start]


def _filled(text: str, port: int) -> str:
    # Not `str.format`: a command may contain JSON.
    return text.replace("{port}", str(port)).replace("{python}", sys.executable)


def _environment(
    section: TargetSection, port: int, env: Mapping[str, str], folder: Path
) -> dict[str, str]:
    own = {name: value.replace("{port}", str(port)) for name, value in section.env.items()}
    environment = {"PYTHONUNBUFFERED": "1", **os.environ, **own, **env}
    if section.app is not None and folder.resolve() != Path.cwd():
        # Python looks in the folder it runs in; the module may as well lie where troth runs.
        there = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (there, str(Path.cwd()))))
    return environment


def _start(
    section: TargetSection,
    port: int,
    *,
    env: Mapping[str, str],
    folder: Path,
    log: Path | None,
    redact: Callable[[str], str],
) -> Launched:
    arguments = command(section, port)
    file = None
    try:
        file = log.open("ab", buffering=0) if log is not None else None
    except OSError as error:
        raise UsageError(f"cannot write the log {log}: {error.strerror}; choose another") from error
    try:
        return run(
            arguments,
            f"http://{HOST}:{port}",
            folder=folder,
            env=_environment(section, port, env, folder),
            log=file,
        )
    except BaseException as error:
        if file is not None:
            file.close()
        if not isinstance(error, OSError | ValueError):  # a NUL, or `=` in a variable's name
            raise
        raise UsageError(
            f"[target] {_name(section)}: cannot run `{redact(arguments[0])}` in {folder}: "
            f"{getattr(error, 'strerror', error)}; name a program on PATH, or its path"
        ) from error


def _unready(launched: Launched, section: TargetSection, port: int) -> str | None:
    """Waits. None when it is ready, else what went wrong, for a message."""
    end = monotonic() + section.start_timeout
    answer = ""
    while monotonic() < end:
        answer = _answer(section.ready, port, max(0.1, min(5.0, end - monotonic())))
        # The port may be somebody else's, taken between our look and the service's: then the
        # service is about to die, and the answer was not its own.
        code = launched.wait(POLL)
        if code is not None:
            return f"ended with {fate(code)} before it was ready"
        if not answer:
            return None
    return (
        f"was not ready within {section.start_timeout:g} s: {answer}; "
        "correct `ready`, or give it longer by `start-timeout`"
    )


def _answer(ready: str, port: int, seconds: float) -> str:
    """Empty when it is ready, else what was seen. Never by way of a proxy."""
    if not ready:
        try:
            socket.create_connection((HOST, port), timeout=seconds).close()
        except OSError as error:
            return f"{HOST}:{port} takes no connection ({error.strerror or error})"
        return ""
    path = quote(f"/{ready.removeprefix('/')}", safe=punctuation)
    connection = HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"GET {path} got no answer ({error})"
    finally:
        connection.close()
    return "" if 200 <= status < 300 else f"GET {path} answered {status}"


def _lost_port(launched: Launched, port: int) -> bool:
    """Whether it died of a port that somebody else had taken."""
    if _TAKEN.search("\n".join(launched.lines()[-50:])):
        return True
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _name(section: TargetSection) -> str:
    # Not the arguments: they may contain secrets.
    if section.app is not None:
        return f"app `{section.app}`"
    return f"start `{section.start[0]} …`" if section.start else "start"


def _without(values: Iterable[str]) -> Callable[[str], str]:
    secrets = sorted((each for each in values if len(each) >= 8), key=len, reverse=True)

    def redact(text: str) -> str:
        for each in secrets:
            text = text.replace(each, "[secret]")
        return text

    return redact
