"""Any command that prints the log and goes on printing: ``docker logs -f``, ``kubectl logs -f``."""

import os
import signal
import subprocess
import threading
from contextlib import suppress

from troth.errors import UsageError
from troth.launch.output import Output

_GRACE = 2.0  # seconds for it to end


class Command:
    """Runs until it is closed; no shell is involved."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        self._output = Output()
        self.name = f"`{arguments[0]} …`"
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the target file's own command
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        except OSError as error:
            raise UsageError(
                f"[target] logs: can not run `{arguments[0]}` ({error.strerror}); correct `command`"
            ) from error
        assert self._process.stdout is not None
        pipe = self._process.stdout
        self._pump = threading.Thread(target=self._output.pump, args=(pipe,), daemon=True)
        self._pump.start()

    def mark(self) -> int:
        """How many lines there have been."""
        return self._output.mark()

    def since(self, mark: int) -> list[str]:
        """The lines after ``mark``."""
        return self._output.since(mark)

    def close(self) -> None:
        """End it, and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._pump.join(_GRACE)
