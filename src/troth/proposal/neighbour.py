"""Reads a `schemathesis.toml`: credentials, headers and parameters that were written there."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from troth.errors import UsageError
from troth.proposal.names import name_of
from troth.spec.operation import Operation, Spec
from troth.spec.wording import PASSWORDS, plain
from troth.transport.request import join

_LOCATIONS = {"path": "path", "query": "query", "header": "headers", "body": "body"}
_SECRET = re.compile(r"auth|cookie|key|token|secret|pass", re.IGNORECASE)
NAME = "schemathesis"
"""The one principal that such a file speaks of."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What it says that a target file can say too; ``unsaid`` are its keys that none can."""

    principals: Mapping[str, Any] = field(default_factory=dict)
    login: Mapping[str, Any] | None = None
    operations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    base_url: str | None = None
    unsaid: tuple[str, ...] = ()


def read(path: Path) -> Mapping[str, Any]:
    """The file as data. Raises UsageError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; name a file that is") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}; correct it there") from None


def neighbour(data: Mapping[str, Any], spec: Spec) -> Neighbour:
    """What ``data`` comes to for the document."""
    projects = data.get("project")
    if isinstance(projects, list) and projects:
        # Each is a service of its own: the first that speaks of this document.
        mine = next((each for each in projects if each.get("title") == spec.title), projects[0])
        data = {**data, **mine}
    auth = data.get("auth")
    auth = auth if isinstance(auth, Mapping) else {}
    section, login = _credential(auth, spec)
    unsaid = [f"auth.{key}" for key in auth if key not in {"basic", "openapi", "dynamic"}]
    headers = {
        str(name): _kept(value, plain(name).upper()) if _SECRET.search(name) else str(value)
        for name, value in (data.get("headers") or {}).items()
    }
    if headers:
        section["headers"] = headers
    operations: dict[str, dict[str, Any]] = {}
    _put(operations, spec.operations, data.get("parameters"), required=True)
    exclude: list[str] = []
    for each in data.get("operations") or ():
        meant = list(_meant(each, spec))
        if each.get("enabled") is False:
            exclude += [name_of(one) for one in meant]
        _put(operations, meant, each.get("parameters"), required=False)
    base = data.get("base-url")
    return Neighbour(
        {NAME: section} if section else {},
        login,
        operations,
        tuple(exclude),
        base if isinstance(base, str) else None,
        tuple(unsaid),
    )


def _credential(
    auth: Mapping[str, Any], spec: Spec
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    basic = auth.get("basic")
    if isinstance(basic, Mapping):
        return {"basic": _basic(basic)}, None
    dynamic = auth.get("dynamic")
    listed = dynamic.get("openapi") if isinstance(dynamic, Mapping) else None
    for each in (listed or {}).values():
        method = str(each.get("method") or "post").upper()
        path = each.get("path")
        known = [one for one in spec.operations if one.method == method and _is(one, path, spec)]
        label = known[0].label if known else f"{method} {path}"
        step: dict[str, Any] = {"operation": label}
        source = str(each.get("extract_from") or "body")
        selector = str(each.get("extract_selector") or "/access_token")
        if source == "cookie":
            step["cookie"] = True
        else:
            step["token"] = f"$response.{source}{'#' if source == 'body' else '.'}{selector}"
        return {"login": _login(each.get("payload") or {})}, step
    for name, each in (auth.get("openapi") or {}).items():
        scheme = spec.schemes.get(name)
        if "bearer" in each:
            return {"token": _kept(each["bearer"], "TOKEN")}, None
        if "username" in each:
            return {"basic": _basic(each)}, None
        if "api_key" in each and scheme is not None and scheme.location:
            value = _kept(each["api_key"], "KEY")
            return {"api-key": {"value": value, scheme.location: scheme.key}}, None
    return {}, None


def _kept(value: Any, name: str) -> str:
    """A secret as it stands there if it is a variable; else the name of one to set."""
    return value if isinstance(value, str) and "${" in value else f"${{SCHEMATHESIS_{name}}}"


def _basic(section: Mapping[str, Any]) -> str:
    return f"{section.get('username')}:{_kept(section.get('password'), 'PASSWORD')}"


def _login(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a login, without the secrets that stand there in full."""
    secret = {name for name in payload if any(each in plain(name) for each in PASSWORDS)}
    secret = secret or set(list(payload)[-1:])
    return {
        name: _kept(each, plain(name).upper()) if name in secret else each
        for name, each in payload.items()
    }


def _is(operation: Operation, path: Any, spec: Spec) -> bool:
    whole = join("http://x", spec.base_path, operation.path).removeprefix("http://x")
    return path in {operation.path, whole}


def _meant(section: Mapping[str, Any], spec: Spec) -> Iterator[Operation]:
    """The operations that a table is about; those of regular expressions are not read."""
    for each in spec.operations:
        kinds: dict[str, set[Any]] = {
            "path": {each.path},
            "method": {each.method, each.method.lower()},
            "name": {each.label},
            "tag": set(each.tags),
            "operation-id": {each.id},
        }
        wanted = {
            kind: _names(section.get(f"include-{kind}"))
            for kind in kinds
            if section.get(f"include-{kind}")
        }
        unwanted = any(kinds[kind] & _names(section.get(f"exclude-{kind}")) for kind in kinds)
        if wanted and not unwanted and all(kinds[kind] & names for kind, names in wanted.items()):
            yield each


def _names(value: Any) -> set[Any]:
    return set(value) if isinstance(value, list) else {value} - {None}


def _put(
    found: dict[str, dict[str, Any]], operations: Any, parameters: Any, *, required: bool
) -> None:
    """Values of parameters, under the operations that have them: `id`, `path.id`, `query.q`.

    What is said of all operations is not written down for optional parameters (``required``).
    """
    for name, value in parameters.items() if isinstance(parameters, Mapping) else ():
        location, dot, bare = name.partition(".")
        location, bare = (location, bare) if dot and location in _LOCATIONS else ("", name)
        if isinstance(value, Mapping) and "dictionary" in value:
            continue
        for operation in operations:
            for each in operation.parameters:
                fits = each.name == bare and location in {"", each.location}
                if fits and (each.required or not required) and each.location in _LOCATIONS:
                    table = found.setdefault(operation.label, {})
                    table.setdefault(_LOCATIONS[each.location], {})[bare] = value
