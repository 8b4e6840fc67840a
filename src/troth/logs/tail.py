"""A file that the service appends to."""

from pathlib import Path

LONGEST = 64 * 1024 * 1024  # bytes that are read at once


class Tail:
    """A mark is the size of the file; one that was rotated begins anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._identity()

    @property
    def name(self) -> str:
        """What it is, for people."""
        return f"the file {self._path.name}"

    def mark(self) -> int:
        """Its size; 0 while it is not there."""
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def since(self, mark: int) -> list[str]:
        """The lines that were appended; those of a fresh file from its beginning."""
        fresh = self._identity() != self._file or self.mark() < mark
        try:
            with self._path.open("rb") as file:
                file.seek(0 if fresh else mark)
                data = file.read(LONGEST)
        except OSError as error:
            raise LookupError(f"{self._path}: {error.strerror}") from error
        return [each.rstrip("\r") for each in data.decode("utf-8", "replace").split("\n") if each]

    def close(self) -> None:
        """Nothing is held."""

    def _identity(self) -> int:
        try:
            return self._path.stat().st_ino
        except OSError:
            return 0
