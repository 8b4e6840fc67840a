"""A child process and what it and its own children cost."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU (user and system) and wall time in seconds; ``exit_code`` is negative for a signal."""

    cpu: float
    wall: float
    exit_code: int


def run(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path, limit: float
) -> Cost:
    """Run ``command`` to its end, or kill it and its children after ``limit`` seconds.

    The service under test is no child of ``command``, so its CPU is not counted.
    """
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        timer = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
        timer.daemon = True
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            timer.cancel()
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(usage.ru_utime + usage.ru_stime, wall, process.returncode)
