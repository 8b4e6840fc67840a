"""What a started service prints, pumped out of its pipe before that is full."""

import os
import threading
from collections import deque
from typing import IO, BinaryIO

KEPT = 20_000  # lines in memory
LONGEST = 65_536  # bytes of one line; a longer one is cut into several


class Output:
    """What a service printed: the last lines in memory, all of it in a file if there is one."""

    def __init__(self, file: BinaryIO | None = None) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._count = 0
        self._rest = b""
        self._file = file
        self._lock = threading.Lock()
        self.failed = ""
        """Why the file is not whole; empty when it is."""

    def pump(self, pipe: IO[bytes]) -> None:
        """Take in ``pipe`` until it ends: a service whose pipe is full would stand still."""
        descriptor = pipe.fileno()
        with pipe:
            while chunk := os.read(descriptor, LONGEST):
                self._take(chunk)
                self._keep(chunk)
        with self._lock:
            if self._rest:
                self._append(self._rest)
                self._rest = b""
        if self._file is not None:
            self._file.close()

    def lines(self) -> list[str]:
        """The lines in memory, the oldest first."""
        with self._lock:
            return list(self._lines)

    def mark(self) -> int:
        """How many lines there have been: where `since` is to begin."""
        with self._lock:
            return self._count

    def since(self, mark: int) -> list[str]:
        """The lines after ``mark``. Raises LookupError when some of them are no longer there."""
        with self._lock:
            first = self._count - len(self._lines)
            if mark < first:
                raise LookupError(
                    f"{first - mark} lines since then are no longer in memory; read them sooner"
                )
            return list(self._lines)[mark - first :]

    def _take(self, chunk: bytes) -> None:
        with self._lock:
            *whole, self._rest = (self._rest + chunk).split(b"\n")
            for line in whole:
                self._append(line)
            while len(self._rest) > LONGEST:
                self._append(self._rest[:LONGEST])
                self._rest = self._rest[LONGEST:]

    def _append(self, line: bytes) -> None:
        self._lines.append(line.decode("utf-8", "replace").rstrip("\r"))
        self._count += 1

    def _keep(self, chunk: bytes) -> None:
        if self._file is None or self.failed:
            return
        try:
            self._file.write(chunk)
        except OSError as error:  # a full disk must not make the service stand still
            self.failed = str(error)
