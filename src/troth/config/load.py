"""Reads a target file: TOML, `${ENV}`, and one clear message for whatever is wrong."""

import hashlib
import json
import os
import re
import secrets as randomness
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from troth.config.auth_document import auth_document
from troth.config.environ import Reference, expand, references
from troth.config.explain import explained, place
from troth.config.file import TargetFile
from troth.config.places import conf_dir
from troth.config.policy import PolicySection
from troth.config.rules import broken
from troth.errors import UsageError

_AT = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
_APPLICATION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


@dataclass(frozen=True)
class Loaded:
    """A target file as read.

    ``secrets`` are the values from the environment that redaction must take out: see `_secret`.
    ``env`` is what ``invent`` names: the service that troth starts must get it beside
    ``[target.env]``. ``digest`` is SHA-256 over the file's bytes, in hex.
    """

    file: TargetFile = field(repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    path: Path = Path("target.toml")
    digest: str = ""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)


def load(path: Path, *, environ: Mapping[str, str] | None = None, running: bool = False) -> Loaded:
    """Read ``path``; relative paths in it are relative to its folder.

    ``running``: the service runs already, whatever the file says of starting it. Then nothing is
    invented, since nobody would tell the service.

    Raises UsageError, which names everything that is wrong with the value, the place and the
    remedy, and shows no secret.
    """
    environ = os.environ if environ is None else environ
    content = _bytes(path, "the target file", "name a TOML file with --target")
    raw = _toml(content, path)
    problems: list[str] = []
    _take_in_waivers(raw, path.parent, problems)
    _take_in_roles(raw, path.parent, problems)
    handed = _take_in_principals(raw, path.parent)
    starts = _starts(raw) and not running
    invented = _invented(raw, environ) if starts else {}
    known = {name: value for name, value in {**environ, **handed, **invented}.items() if value}
    named = tuple(references(raw))
    data = expand(raw, known)
    file = None
    try:
        file = TargetFile.model_validate(data)
    except ValidationError as error:
        # What could not be expanded can not be of the right type: one complaint is enough.
        unset = {each.location for each in named if each.name not in known}
        problems += explained(error, TargetFile, raw, ignore=unset)
    problems += broken(raw, data)
    problems += _unset(named, known, starts=starts)
    if file is not None:
        file = _anchored(file, path.parent, problems)
    if problems or file is None:
        raise UsageError(_listed(path, problems))
    secrets = frozenset(invented.values()) | _secrets(named, raw, known)
    digest = hashlib.sha256(content).hexdigest()
    return Loaded(file, secrets, path, digest, invented)


def load_policy(file: TargetFile) -> PolicySection:
    """The policy for this target: its own ``[policy]`` upon troth's. Raises UsageError."""
    path = conf_dir() / "policy.toml"
    raw = _toml(_bytes(path, "the default policy", "reinstall troth"), path)
    own = file.policy.model_dump(by_alias=True, exclude_unset=True)
    try:
        return PolicySection.model_validate({**raw.get("policy", {}), **own})
    except ValidationError as error:
        raise UsageError(_listed(path, list(explained(error, PolicySection, raw)))) from None


def place_of_roles(path: Path) -> Path:
    """Where the target file ``path`` has its reviewed roles, be they there or not.

    Raises UsageError where it says nothing of them.
    """
    raw = _toml(_bytes(path, "the target file", "name one with --target"), path)
    policy = raw.get("policy")
    named = policy.get("reviewed-roles") if isinstance(policy, dict) else None
    if not isinstance(named, str) or not named.strip():
        raise UsageError(
            f"{path} has no [policy] reviewed-roles; say there where the reviewed roles belong, "
            'such as reviewed-roles = "roles.json"'
        )
    return _beside(path.parent, named, "[policy] reviewed-roles")


def _bytes(path: Path, what: str, remedy: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no file {path} ({what}); {remedy}") from None
    except OSError as error:
        raise UsageError(f"cannot read {what} {path}: {error.strerror}; {remedy}") from error


def _toml(content: bytes, path: Path) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.match(str(error))
        said = found[1] if found else str(error)
        lines = text.splitlines() or [""]
        if not found or found[2] is None:
            raise UsageError(f"{path}, at its end: {said}; the last line is: {lines[-1]}") from None
        line, column = int(found[2]), int(found[3])
        shown = lines[line - 1] if line <= len(lines) else ""
        # The line may hold a literal secret, but its author is who reads this.
        raise UsageError(f"{path}, line {line}, column {column}: {said}: {shown.strip()}") from None


def _take_in_waivers(raw: dict[str, Any], folder: Path, problems: list[str]) -> None:
    """``waivers = "file.toml"``: what that file lists takes the place of its name."""
    policy = raw.get("policy")
    if not isinstance(policy, dict) or not isinstance(policy.get("waivers"), str):
        return
    path = _beside(folder, policy["waivers"], "[policy] waivers")
    remedy = "correct [policy] waivers, or write an empty file"
    found = _toml(_bytes(path, "of known findings", remedy), path)
    unknown = [key for key in found if key != "waivers"]
    if unknown:
        problems.append(f"unknown key `{unknown[0]}` in {path}; it may hold [[waivers]] only")
    policy["waivers"] = found.get("waivers", [])


def _take_in_roles(raw: dict[str, Any], folder: Path, problems: list[str]) -> None:
    """``reviewed-roles = "file.json"``: by role and operation, what came of it then."""
    policy = raw.get("policy")
    if not isinstance(policy, dict) or not isinstance(policy.get("reviewed-roles"), str):
        return
    path = _beside(folder, policy["reviewed-roles"], "[policy] reviewed-roles")
    remedy = "correct [policy] reviewed-roles, or copy the roles.json of a run there"
    found: dict[str, dict[str, str]] = {}
    try:
        for label, row in json.loads(_bytes(path, "of reviewed roles", remedy))[
            "operations"
        ].items():
            for role, cell in row.items():
                found.setdefault(role, {})[label] = str(cell["cell"])
    except (ValueError, KeyError, TypeError, AttributeError):
        problems.append(f"{path} is no roles.json of a run; {remedy}")
    policy["reviewed-roles"] = found


def _take_in_principals(raw: dict[str, Any], folder: Path) -> Mapping[str, str]:
    """``principals = "auth.yaml"``: who stands in that document of Web Fuzzing Commons takes the
    place of its name, and how they log in that of a `[session] login` that is not there. The
    secrets of it, by the variables that stand for them from then on.
    """
    if not isinstance(raw.get("principals"), str):
        return {}
    path = _beside(folder, raw["principals"], "principals")
    remedy = "correct `principals`, or write the table [principals]"
    found = auth_document(_bytes(path, "of principals", remedy), path)
    raw["principals"] = dict(found.principals)
    session = raw.setdefault("session", {})
    if found.login is not None and isinstance(session, dict):
        session.setdefault("login", dict(found.login))
    return found.secrets


def _starts(raw: Mapping[str, Any]) -> bool:
    target = raw.get("target")
    return isinstance(target, dict) and ("app" in target or "start" in target)


def _invented(raw: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    names = raw["target"].get("invent")
    return {
        name: environ.get(name) or randomness.token_urlsafe(24)
        for name in (names if isinstance(names, list) else ())
        if isinstance(name, str)
    }


def _unset(
    named: tuple[Reference, ...], known: Mapping[str, str], *, starts: bool
) -> Iterator[str]:
    remedy = "set it, or name it in [target] invent" if starts else "set it, or take the key out"
    for each in named:
        where = place(each.location)
        if not each.sound:
            yield (
                f"{where}: `{each.name}` is not the name of an environment variable; "
                "write `${NAME}`, or `$${` for the characters themselves"
            )
        elif each.name not in known:
            # Continuous integration sets a secret that it does not have to the empty string.
            yield f"{where}: the environment variable {each.name} is not set, or empty; {remedy}"


def _anchored(file: TargetFile, folder: Path, problems: list[str]) -> TargetFile:
    """``file`` with absolute paths where it has relative ones."""
    target = file.target
    changes: dict[str, Any] = {}
    if target.logs is not None and target.logs.file is not None:
        logs = _beside(folder, target.logs.file, "[target.logs] file")
        changes["logs"] = target.logs.model_copy(update={"file": str(logs)})
    if target.socket is not None:
        changes["socket"] = str(_beside(folder, target.socket, "[target] socket"))
    if isinstance(target.verify, str):
        changes["verify"] = str(_beside(folder, target.verify, "[target] verify"))
    if target.folder is not None:
        inside = _beside(folder, target.folder, "[target] folder")
        changes["folder"] = str(inside)
        if not inside.is_dir():
            problems.append(f"[target] folder: {inside} is no folder; correct it")
    spec = target.spec
    if spec is not None and "://" not in spec and not spec.startswith("/"):
        document = _beside(folder, spec, "[target] spec")
        if document.is_file():
            changes["spec"] = str(document)
        elif not _APPLICATION.fullmatch(spec):
            problems.append(
                f"[target] spec: there is no file {document}; "
                "correct it, or begin a path on the service with `/`"
            )
    return file.model_copy(update={"target": target.model_copy(update=changes)})


def _beside(folder: Path, name: str, where: str) -> Path:
    try:
        return (folder / Path(name).expanduser()).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # no such user, a loop, a NUL
        raise UsageError(f"{where}: {name!r} is no path ({error}); correct it") from error


def _secrets(named: tuple[Reference, ...], raw: Any, known: Mapping[str, str]) -> frozenset[str]:
    found: set[str] = set()
    for each in named:
        if _secret(each, raw):
            # Files and shells leave a newline behind, which is not part of the secret.
            found |= {known[each.name], known[each.name].strip()}
    return frozenset(found - {""})


def _secret(reference: Reference, raw: Any) -> bool:
    """Whether a value is a credential, or may be one.

    Addresses, folders, tenants, roles and ids in paths are none: without them evidence says
    nothing. What the started service gets (a password of its database), and what is sent beside
    the principal's own (the secret of a webhook), may well be, and is taken for one.
    """
    table, *rest = reference.location
    if table == "principals":
        return rest[1:] not in (["tenant"], ["role"])
    if table == "session":
        return rest[:1] == ["signing-key"]
    if table == "operations":
        return rest[1] in {"token", "sign", "query", "headers", "body"}
    if table == "target":
        return rest[0] == "env" or (rest == ["base-url"] and "@" in raw["target"]["base-url"])
    return False


def _listed(path: Path, problems: list[str]) -> str:
    if len(problems) == 1:
        return f"{path}: {problems[0]}"
    return "\n  ".join([f"{path}: {len(problems)} things are wrong", *problems])
