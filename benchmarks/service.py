"""The service under test as a process of its own: started from a target file, or found running."""

import contextlib
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

PLACES = ("/openapi.json", "/api/openapi.json", "/api/v1/openapi.json", "/openapi.yaml")


@dataclass(frozen=True, slots=True)
class Service:
    """Where it listens, the path of its document, and the environment its clients share."""

    host: str
    port: int
    document: str
    env: Mapping[str, str] = field(repr=False)


def running(url: str) -> Service:
    """The running service whose document is at ``url``."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        message = f"--url {url}: only plain http:// services are relayed and counted"
        raise SystemExit(message)
    path = parts.path if parts.path not in {"", "/"} else PLACES[0]
    return Service(parts.hostname, parts.port or 80, path, dict(os.environ))


@contextlib.contextmanager
def started(target: Mapping[str, Any], log: Path) -> Iterator[Service]:
    """A fresh process of what ``[target]`` starts; ended with the context."""
    env = dict(os.environ)
    for name in target.get("invent", ()):
        env.setdefault(name, secrets.token_urlsafe(32))
    env |= {name: _expanded(str(value), env) for name, value in target.get("env", {}).items()}
    port = _free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(target, port),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            wait = float(target.get("start-timeout", 30))
            ready = target.get("ready") or target.get("spec") or PLACES[0]
            _await_ready(process, base + ready, wait, log)
            yield Service("127.0.0.1", port, _document(base, target.get("spec")), env)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(target: Mapping[str, Any], port: int) -> list[str]:
    if "start" in target:
        given = {"{port}": str(port), "{python}": sys.executable}
        words = [
            re.sub(r"\{port\}|\{python\}", lambda found: given[found[0]], word)
            for word in target["start"]
        ]
        return [sys.executable, *words[1:]] if words[0] == "python" else words
    if "app" in target:
        quiet = ("--log-level", "warning", "--no-access-log")
        return [sys.executable, "-m", "uvicorn", target["app"], "--port", str(port), *quiet]
    message = "[target] names nothing to start: give `start` or `app`, or pass --url"
    raise SystemExit(message)


def _document(base: str, spec: str | None) -> str:
    if spec is not None:
        return urlsplit(spec).path
    for place in PLACES:
        if httpx.get(base + place).is_success:
            return place
    message = f"{base}: no document at {', '.join(PLACES)}; name it as `spec` in [target]"
    raise SystemExit(message)


def _await_ready(process: subprocess.Popen[bytes], url: str, wait: float, log: Path) -> None:
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        if process.poll() is not None:
            message = f"the service ended with {process.returncode} before it was ready; see {log}"
            raise SystemExit(message)
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=1).is_success:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    message = f"the service was not ready at {url} within {wait} s; see {log}"
    raise SystemExit(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _expanded(text: str, env: Mapping[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda match: env.get(match[1], ""), text)
