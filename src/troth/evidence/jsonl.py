"""``history.jsonl``: every exchange as one line, on disk before the next one is sent."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from troth.errors import UsageError
from troth.evidence.record import from_json, to_json
from troth.exchange import Exchange
from troth.redaction import Redactor


class HistoryWriter:
    """Appends redacted exchanges to ``path``; what was written survives the process's death.

    Each line is one ``write`` to an append-only descriptor, so threads do not mix their lines.
    A disk that fails ends the writing, not the run: ``failed`` then says why. Raises UsageError
    when the file cannot be opened.
    """

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self._path = path
        self._redactor = redactor
        self._failed: str | None = None
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            self._file = os.open(path, flags, 0o600)
        except OSError as error:
            raise UsageError(
                f"cannot write evidence to {path}: {error.strerror}; "
                "name a directory that can be written with --evidence"
            ) from error

    @property
    def failed(self) -> str | None:
        """Why writing ended early; None while all is well."""
        return self._failed

    def write(self, exchange: Exchange) -> None:
        """Appends one line. After a failure nothing more is written: a line may stand cut."""
        if self._failed is not None:
            return
        if self._file < 0:
            self._failed = f"{self._path} was closed before exchange {exchange.number}"
            return
        line = json.dumps(to_json(exchange, self._redactor), separators=(",", ":")) + "\n"
        left = line.encode("ascii")
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            self._failed = (
                f"{self._path} ends at exchange {exchange.number}: {error.strerror}; "
                "the evidence of this run is not complete"
            )

    def written(self) -> list[str]:
        """The lines so far; none where they can not be read."""
        try:
            return self._path.read_text("ascii").splitlines()
        except OSError:
            return []

    def close(self) -> None:
        """Closes the file; further exchanges are not written."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def read_history(path: Path) -> Iterator[Exchange]:
    """The exchanges of a history file. A last line that a killed run left cut is passed over.

    Raises UsageError when the file cannot be read or a line before the last is none of ours.
    """
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield from_json(json.loads(line))
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    if not line.endswith(b"\n"):
                        return
                    raise UsageError(
                        f"{path}:{number} is not an exchange ({error}); "
                        "the file was changed after troth wrote it"
                    ) from error
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def merge_histories(parts: Iterable[Path], path: Path) -> None:
    """Joins what parallel workers wrote into one file and removes the parts.

    Ordered by worker, then as written; a cut last line of a part is left out. Raises UsageError
    when the disk does not take it; the parts are then still there.
    """
    ordered = sorted(parts, key=_worker)
    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("wb") as merged:
            draft.chmod(0o600)
            for part in ordered:
                with part.open("rb") as lines:
                    merged.writelines(line for line in lines if line.endswith(b"\n"))
        draft.replace(path)
        for part in ordered:
            part.unlink()
    except OSError as error:
        raise UsageError(f"cannot merge the history into {path}: {error.strerror}") from error


def _worker(path: Path) -> tuple[int, str]:
    digits = "".join(each for each in path.stem.rpartition("-")[2] if each.isdigit())
    return (int(digits) if digits else -1, path.name)
