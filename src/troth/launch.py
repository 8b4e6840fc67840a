"""Starts a service on loopback, waits until it is ready, and stops it again."""

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from urllib.error import URLError

from troth.config.target import TargetSection
from troth.errors import UsageError


@dataclass
class Launched:
    """A running service. ``lines`` are the last lines it wrote."""

    base_url: str
    process: subprocess.Popen[bytes]
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=2000))

    def exited(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self.process.poll()

    def stop(self) -> None:
        """SIGTERM, and after five seconds SIGKILL, for it and its children."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(5)


def launch(section: TargetSection, *, env: Mapping[str, str], folder: Path) -> Launched:
    """Start what ``section`` says. Raises UsageError when it does not become ready."""
    port = _free_port()
    if section.app is not None:
        command = [sys.executable, "-m", "uvicorn", section.app, "--host", "127.0.0.1"]
        command += ["--port", str(port)]
    else:
        names = {"port": str(port), "python": sys.executable}
        command = [each.format(**names) for each in section.start or ()]
    process = subprocess.Popen(
        command,
        env={**os.environ, **section.env, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    started = Launched(f"http://127.0.0.1:{port}", process)
    atexit.register(started.stop)
    threading.Thread(target=_pump, args=(started,), daemon=True).start()
    _wait(started, section)
    return started


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _pump(started: Launched) -> None:
    assert started.process.stdout is not None
    for line in started.process.stdout:
        started.lines.append(line.decode("utf-8", "replace").rstrip())


def _wait(started: Launched, section: TargetSection) -> None:
    end = monotonic() + section.start_timeout
    waiting = threading.Event()
    while monotonic() < end:
        if started.exited() is not None:
            said = "\n".join(list(started.lines)[-20:])
            raise UsageError(f"the service ended with {started.exited()} before ready:\n{said}")
        try:
            with urllib.request.urlopen(started.base_url + section.ready, timeout=1) as answer:
                if answer.status < 300:
                    return
        except (URLError, OSError):
            pass  # Not ready yet: asked again until the time is up.
        waiting.wait(0.05)
    started.stop()
    raise UsageError(f"the service was not ready after {section.start_timeout} s")
