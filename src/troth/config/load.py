"""Reads a target file: TOML, `${ENV}`, and one clear message for whatever is wrong."""

import difflib
import hashlib
import os
import re
import secrets as randomness
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from troth.config.file import TargetFile
from troth.config.policy import PolicySection
from troth.errors import UsageError

_ENV = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Loaded:
    """A target file as read. ``secrets`` are all values that came from the environment."""

    file: TargetFile
    secrets: frozenset[str] = frozenset()
    path: Path = Path("target.toml")
    digest: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


def load(path: Path) -> Loaded:
    """Read ``path``. Raises UsageError naming the value, the place and the remedy."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the target file {path}: {error.strerror}") from error
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    table = data.get("target", {})
    invented = {
        name: randomness.token_urlsafe(18)
        for name in (table.get("invent", ()) if isinstance(table, dict) else ())
        if name not in os.environ
    }
    environ = {**os.environ, **invented}
    found: set[str] = set(invented.values())
    missing: list[str] = []
    data = _expanded(data, environ, found, missing, "")
    if missing:
        raise UsageError(f"{path}: " + "; ".join(missing))
    try:
        file = TargetFile.model_validate(data)
    except ValidationError as error:
        raise UsageError(f"{path}: {_explained(error)}") from error
    return Loaded(file, frozenset(found), path, hashlib.sha256(raw).hexdigest(), invented)


def load_policy(file: TargetFile) -> PolicySection:
    """The policy that holds for this target."""
    return file.policy


def _expanded(
    value: Any, environ: Mapping[str, str], found: set[str], missing: list[str], place: str
) -> Any:
    if isinstance(value, dict):
        return {
            key: _expanded(each, environ, found, missing, f"{place}.{key}".lstrip("."))
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_expanded(each, environ, found, missing, place) for each in value]
    if not isinstance(value, str):
        return value

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "${"
        if name not in environ:
            missing.append(f"[{place}]: the environment variable {name} is not set; set it")
            return ""
        found.add(environ[name])
        return environ[name]

    return _ENV.sub(put, value)


def _explained(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(each) for each in first["loc"][:-1])
    name = str(first["loc"][-1])
    if first["type"] == "extra_forbidden":
        known = _known(first["loc"][:-1])
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(known)}"
        return f"unknown key `{name}` in [{place}]; {hint}"
    return f"[{place}] {name}: {first['msg']}"


def _known(location: tuple[int | str, ...]) -> list[str]:
    model: Any = TargetFile
    for step in location:
        fields = {each.alias or name: each for name, each in getattr(model, "model_fields", {}).items()}
        if step in fields:
            kinds = [fields[step].annotation, *getattr(fields[step].annotation, "__args__", ())]
            model = next((each for each in kinds if hasattr(each, "model_fields")), model)
    return sorted(each.alias or name for name, each in model.model_fields.items())
