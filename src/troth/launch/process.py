"""A running service, its output, and the guard that ends it when troth is gone."""

import atexit
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from troth.launch.output import Output

GRACE = 5.0  # seconds between SIGTERM and SIGKILL
REAPED = 0.2  # seconds between the last connection of a dying process and its exit code

# Runs beside the service, in its process group, and reads a pipe whose other end only this
# process has. When this process is gone, however it went (SIGKILL too), the read ends, and the
# group goes as well. Being a member, it also keeps the group's number from being given to others.
# PR_SET_PDEATHSIG would do on Linux alone, needs preexec_fn (unsafe beside threads), and fires
# when the *thread* that started the service ends.
_GUARD = f"""
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.stdin.buffer.read()
os.killpg(0, signal.SIGTERM)
end = time.monotonic() + {GRACE}
while time.monotonic() < end:
    try:
        os.kill(int(sys.argv[1]), 0)
    except OSError:
        break
    time.sleep(0.05)
os.killpg(0, signal.SIGKILL)
"""


def fate(code: int) -> str:
    """An exit code of `subprocess` in words."""
    names = {each.value: each.name for each in signal.Signals}  # real-time signals have none
    return f"exit code {code}" if code >= 0 else f"signal {names.get(-code, -code)}"


class Launched:
    """A running service; `launch` makes one. A context manager that stops it."""

    def __init__(
        self,
        base_url: str,
        process: subprocess.Popen[bytes],
        guard: subprocess.Popen[bytes],
        output: Output,
        pump: threading.Thread,
    ) -> None:
        self.base_url = base_url
        self.output = output
        self._process = process
        self._guard = guard
        self._pump = pump
        self._lock = threading.Lock()
        self._stopped = False
        atexit.register(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Launched({self.base_url!r}, pid={self.pid})"

    @property
    def pid(self) -> int:
        """The process id of the service, and of its process group."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def exited(self) -> int | None:
        """The same, as a question: did it die in the middle of a run, and how?"""
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        """Its exit code as soon as it has one; None when it still runs after ``seconds``."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ended(self) -> str:
        """How it ended, and the last lines that it printed; empty while it runs.

        What it printed is as it was: redact it before it is shown.
        """
        code = self.wait(REAPED)
        if code is None:
            return ""
        # A child of it may hold the pipe open; its output is not waited for.
        self._pump.join(REAPED)
        return f"ended with {fate(code)}{self.tail()}"

    def tail(self) -> str:
        """The last twenty lines that it printed, as the end of a message."""
        said = self.lines()[-20:]
        return "; its last lines:\n  " + "\n  ".join(said) if said else "; it printed nothing"

    def lines(self) -> list[str]:
        """What it printed, standard error too, the oldest line first; a bounded number of them."""
        return self.output.lines()

    def mark(self) -> int:
        """A place in its output, for `since`."""
        return self.output.mark()

    def since(self, mark: int) -> list[str]:
        """What it printed after ``mark``. Raises LookupError when that is no longer in memory."""
        return self.output.since(mark)

    def stop(self) -> None:
        """SIGTERM, and after five seconds SIGKILL, for its whole process group. May be repeated."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            atexit.unregister(self.stop)
            if self._process.poll() is None:
                self._signal(signal.SIGTERM)
                self.wait(GRACE)
            # Whatever is left: the service, what it started, and the guard.
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._guard.wait()
            if self._guard.stdin is not None:
                self._guard.stdin.close()
            # A child that left the group may hold the pipe open; its output is not waited for.
            self._pump.join(1.0)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):  # nobody is left, which is what is wanted
            os.killpg(self.pid, number)


def run(
    arguments: list[str], base_url: str, *, folder: Path, env: dict[str, str], log: BinaryIO | None
) -> Launched:
    """Start ``arguments`` in a process group of their own. Raises OSError when that fails."""
    process = subprocess.Popen(  # noqa: S603 - the target file's own command, no shell
        arguments,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        process_group=0,
    )
    try:
        # The service has not been waited for, so its group exists even if it is dead already.
        guard = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-I", "-S", "-c", _GUARD, str(process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=process.pid,
        )
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    output = Output(log)
    assert process.stdout is not None
    pump = threading.Thread(target=output.pump, args=(process.stdout,), daemon=True)
    pump.start()
    return Launched(base_url, process, guard, output, pump)
