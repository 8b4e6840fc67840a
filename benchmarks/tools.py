"""What each tool is given: the same address, document and credential, and as many examples."""

import json
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reached import operations
from benchmarks.service import Service

EXAMPLES = {"smoke": 1, "ci": 15, "nightly": 300}
"""Examples an operation in troth's profiles (design: profiles); `st run` gets as many."""

SUITE = Path(__file__).parents[1] / "fuzz"
_STARTING = {"app", "start", "env", "invent", "ready", "start-timeout", "logs"}


@dataclass(frozen=True, slots=True)
class Job:
    """One tool's work: its command, and the folder that it runs in."""

    tool: str
    command: tuple[str, ...]
    cwd: Path


def troth(
    service: Service, config: Mapping[str, Any], *, port: int, profile: str, folder: Path
) -> Job:
    """`pytest fuzz`, told by a target file where the relay is."""
    target = {
        name: each for name, each in config.get("target", {}).items() if name not in _STARTING
    }
    base = f"http://127.0.0.1:{port}"
    target |= {"base-url": base, "spec": base + service.document, "writes": True}
    file = folder / "target.toml"
    file.write_text(toml({**config, "target": target}), encoding="utf-8")
    command = (
        *(sys.executable, "-m", "pytest", str(SUITE), "-q"),
        *("--hypothesis-profile", profile),
        *("--target", str(file), "--evidence", str(folder / "evidence")),
    )
    return Job("troth", command, folder)


def st_run(
    service: Service,
    config: Mapping[str, Any],
    document: Mapping[str, Any],
    *,
    port: int,
    profile: str,
    folder: Path,
) -> Job:
    """`st run` with its own defaults, but as many examples and no stop at the first failure."""
    file = folder / "schemathesis.toml"
    file.write_text(toml(_st_config(config, document, service.env)), encoding="utf-8")
    file.chmod(0o600)
    command = (
        *(script("st"), "--config-file", str(file), "run"),
        *("--max-examples", str(EXAMPLES[profile]), "--continue-on-failure"),
        "--generation-deterministic",  # which also means without a database
        f"http://127.0.0.1:{port}{service.document}",
    )
    return Job("st run", command, folder)


def _st_config(
    config: Mapping[str, Any], document: Mapping[str, Any], env: Mapping[str, str]
) -> dict[str, Any]:
    """The first principal's credential in schemathesis's words; it logs in again after a 401."""
    principals = config.get("principals", {})
    if not principals:
        return {}
    first = expanded(next(iter(principals.values())), env)
    headers = dict(first.get("headers", {}))
    login = config.get("session", {}).get("login")
    if "token" in first:
        headers["Authorization"] = f"Bearer {first['token']}"
    elif "header" in first.get("api-key", {}):
        headers[first["api-key"]["header"]] = first["api-key"]["value"]
    elif "login" in first and login is not None and (scheme := _bearer(document)) is not None:
        method, _, path = named(document, login["operation"]).partition(" ")
        token = str(login.get("token", "$response.body#/access_token"))
        fetch = {
            "path": path,
            "method": method.lower(),
            "payload": first["login"],
            "extract_selector": token.partition("#")[2],
            "retry_on": [401],
        }
        return {"headers": headers, "auth": {"dynamic": {"openapi": {scheme: fetch}}}}
    else:
        message = "the first principal has no credential that `st run` can be given"
        raise SystemExit(message)
    return {"headers": headers}


def _bearer(document: Mapping[str, Any]) -> str | None:
    """The document's first scheme that a bearer token satisfies."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        if scheme.get("type") == "oauth2" or str(scheme.get("scheme", "")).lower() == "bearer":
            return str(name)
    return None


def named(document: Mapping[str, Any], name: str) -> str:
    """The label of the operation that is called ``name``, by label or by operationId."""
    for label, operation in operations(document).items():
        if name in {label, operation.get("operationId")}:
            return label
    message = f"operation {name!r} is not in the document"
    raise SystemExit(message)


def expanded(value: Any, env: Mapping[str, str]) -> Any:
    """``value`` with each `${NAME}` in it as the environment has it."""
    if isinstance(value, Mapping):
        return {key: expanded(each, env) for key, each in value.items()}
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)\}", lambda match: env.get(match[1], ""), value)
    return value


def script(name: str) -> str:
    """A command of this environment, else of PATH."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        message = f"`{name}` is not installed"
        raise SystemExit(message)
    return found


def toml(config: Mapping[str, Any]) -> str:
    """A mapping as TOML: one table for each mapping at the top, inline tables below."""
    plain = {name: each for name, each in config.items() if not isinstance(each, Mapping)}
    lines = [f"{json.dumps(name)} = {_value(each)}" for name, each in plain.items()]
    for name, table in config.items():
        if isinstance(table, Mapping):
            lines += ["", f"[{json.dumps(name)}]"]
            lines += [f"{json.dumps(key)} = {_value(each)}" for key, each in table.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(key)} = {_value(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
