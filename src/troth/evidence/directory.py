"""Where a run's evidence goes, and how whole files get there."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from troth.errors import UsageError


def run_directory(base: Path | None, name: str, now: datetime) -> Path:
    """Makes the directory of a run: ``base``, or ``evidence/<UTC time>-<name>`` below cwd.

    ``now`` is an aware time. Raises UsageError when ``base`` holds anything already: evidence
    is never overwritten, nor mixed with something else.
    """
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "target"
    chosen = base if base is not None else Path("evidence") / f"{stamp}-{slug}"
    try:
        if base is None:
            number = 1
            while chosen.exists():
                number += 1
                chosen = chosen.with_name(f"{stamp}-{slug}-{number}")
        chosen.mkdir(parents=True, exist_ok=base is not None)
        if any(chosen.iterdir()):
            raise UsageError(
                f"{chosen} is not empty{_held(chosen)}; evidence is not overwritten: "
                "name a new directory, or remove this one"
            )
    except OSError as error:
        raise UsageError(
            f"cannot make the evidence directory {chosen}: {error.strerror}; "
            "name one that can be written with --evidence"
        ) from error
    return chosen


def _held(directory: Path) -> str:
    try:
        manifest = json.loads((directory / "manifest.json").read_bytes())
        return f": it holds the run of {manifest['started']} ({manifest['state']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file that is there as a whole or not at all. Raises OSError."""
    draft = path.with_name(path.name + ".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Writes JSON that people read too. Raises UsageError when the disk does not take it."""
    try:
        write_whole(path, (json.dumps(value, indent=2) + "\n").encode("ascii"))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
