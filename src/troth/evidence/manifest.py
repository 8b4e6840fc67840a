"""``manifest.json``: which run this was, and the digest of every file it left."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any, Final

from troth.errors import UsageError
from troth.evidence.directory import write_json
from troth.redaction import Redactor

NAME: Final = "manifest.json"
VERSION: Final = 1
_DEPENDENCIES = ("schemathesis", "hypothesis", "pytest", "httpx", "openapi-core")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a run when it starts; ``command`` is the command line as given."""

    target: str
    base_url: str
    document: Mapping[str, str]
    profile: str
    seed: str
    command: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    """The WebSockets that were asked, by label."""


def start(directory: Path, facts: Facts, *, now: datetime, redactor: Redactor) -> None:
    """Writes the manifest of a run that has begun. A killed run is known by its ``state``."""
    write_json(directory / NAME, _manifest(facts, now, redactor) | {"state": "running"})


def finish(
    directory: Path,
    facts: Facts,
    *,
    started: datetime,
    now: datetime,
    counts: Mapping[str, int],
    exit_code: int,
    exit_reasons: Iterable[str] = (),
    slowed: str = "",
    redactor: Redactor,
) -> None:
    """Writes the manifest last, over every other file of the directory.

    ``slowed`` says what limits of the service's own cost the run; empty where it met none.
    """
    write_json(
        directory / NAME,
        _manifest(facts, started, redactor)
        | {
            "state": "finished",
            "ended": _time(now),
            "counts": dict(counts),
            **({"slowed": redactor.text(slowed)} if slowed else {}),
            "exit": {"code": exit_code, "reasons": [redactor.text(each) for each in exit_reasons]},
            "files": {name: _digest(directory / name) for name in _files(directory)},
        },
    )


def verify(directory: Path) -> list[str]:
    """What differs from the manifest, a sentence each; nothing when the evidence is whole.

    Integrity, not authenticity: who can change a file can change the manifest. Raises UsageError
    when there is no manifest.
    """
    path = directory / NAME
    try:
        manifest = json.loads(path.read_bytes())
        state, files = manifest["state"], dict(manifest.get("files", {}))
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}; name the directory of a run"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a manifest of troth: {error!r}") from error
    if state != "finished":
        return [f"the run did not finish (state {state!r}): nothing was sealed"]
    present = set(_files(directory))
    wrong = []
    for name, recorded in sorted(files.items()):
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts:
            wrong.append(f"{name}: listed, but outside of the directory")
        elif name not in present:
            wrong.append(f"{name}: missing")
        elif _digest(directory / name) != recorded:
            wrong.append(f"{name}: changed")
    return wrong + [f"{name}: not listed" for name in sorted(present - set(files))]


def _manifest(facts: Facts, started: datetime, redactor: Redactor) -> dict[str, Any]:
    return {
        "version": VERSION,
        "troth": _version("troth"),
        "python": platform.python_version(),
        "dependencies": {name: _version(name) for name in _DEPENDENCIES},
        **redactor.value(asdict(facts)),
        "started": _time(started),
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _time(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _files(directory: Path) -> list[str]:
    found = (each for each in directory.rglob("*") if each.is_file() or each.is_symlink())
    return sorted(
        name for each in found if (name := each.relative_to(directory).as_posix()) != NAME
    )


def _digest(path: Path) -> dict[str, Any]:
    if path.is_symlink():
        return {"symlink": str(path.readlink())}
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return {"sha256": digest.hexdigest(), "size": size}
