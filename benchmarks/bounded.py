"""What each tool is given for a bound of wall time: the same people, through the same relay."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from benchmarks import tools
from benchmarks.reached import operations
from benchmarks.service import Service
from benchmarks.tools import Job

SUITES = tuple(str(Path(__file__).parents[1] / each) for each in ("fuzz", "properties", "security"))
_FORM = "application/x-www-form-urlencoded"


def troth(
    config: Mapping[str, Any], service: Service, folder: Path, *, port: int, seed: int, bound: float
) -> Job:
    """All three suites, randomised: profile ci has the same examples whatever the seed."""
    base = f"http://127.0.0.1:{port}"
    target = {**config["target"], "base-url": base, "spec": base + service.document, "writes": True}
    file = folder / "target.toml"
    file.write_text(tools.toml({**config, "target": target}), encoding="utf-8")
    command = (
        *(sys.executable, "-m", "pytest", *SUITES, "-q", "-p", "no:cacheprovider"),
        *("--hypothesis-profile", "nightly", "--hypothesis-seed", str(seed)),
        *("--budget", f"{bound:g}", "--target", str(file)),
        *("--evidence", str(folder / "evidence")),
    )
    return Job("troth", command, folder)


def st_run(
    config: Mapping[str, Any],
    document: Mapping[str, Any],
    service: Service,
    folder: Path,
    *,
    port: int,
    seed: int,
    bound: float,
) -> Job:
    """All phases and checks until the time is spent, but nothing that troth may not send."""
    base = f"http://127.0.0.1:{port}"
    left_out = (tools.named(document, each) for each in config["target"].get("exclude", ()))
    settings: dict[str, Any] = {}
    people = auth_document(config, document, service)
    if people["auth"]:
        auth = folder / "auth.json"
        auth.write_text(json.dumps(people, indent=1), encoding="utf-8")
        auth.chmod(0o600)
        settings = {"auth": {"wfc": {"path": str(auth)}}}
        if peers := equals(config):
            settings["auth"]["wfc"]["peers"] = peers
    file = folder / "schemathesis.toml"
    file.write_text(tools.toml(settings), encoding="utf-8")
    command = (
        *(tools.script("st"), "--config-file", str(file), "run", base + service.document),
        *("--origin", base, "--checks", "all", "--continue-on-failure"),
        *("--max-time", f"{max(1, round(bound))}", "--seed", str(seed)),
        *("--generation-database", "none", "--report", "ndjson,json"),
        *("--report-ndjson-path", str(folder / "st.ndjson")),
        *("--report-json-path", str(folder / "st.json")),
        *(word for name in left_out for word in ("--exclude-name", name)),
    )
    return Job("st run", command, folder)


def equals(config: Mapping[str, Any]) -> list[str]:
    """Principals who may not see each other's things: those of the commonest role, if several."""
    roles = {name: each.get("role") for name, each in config.get("principals", {}).items()}
    if not roles:
        return []
    commonest, number = Counter(roles.values()).most_common(1)[0]
    return [name for name, role in roles.items() if role == commonest] if number > 1 else []


def auth_document(
    config: Mapping[str, Any], document: Mapping[str, Any], service: Service
) -> dict[str, Any]:
    """The target file's principals, as Web Fuzzing Commons writes people down.

    They are logged in here, once: `st run` changes passwords like everything else, and who has to
    log in again afterwards can not.
    """
    entries: list[dict[str, Any]] = []
    for name, given in tools.expanded(config.get("principals", {}), service.env).items():
        headers = dict(given.get("headers", {}))
        if "header" in given.get("api-key", {}):
            headers[given["api-key"]["header"]] = given["api-key"]["value"]
        if "login" in given:
            given["token"] = _logged_in(config, document, service, given["login"])
        if "token" in given:
            headers["Authorization"] = f"Bearer {given['token']}"
        if headers:
            fixed = [{"name": key, "value": value} for key, value in headers.items()]
            entries.append({"name": name, "fixedHeaders": fixed})
    return {"auth": entries}


def _logged_in(
    config: Mapping[str, Any],
    document: Mapping[str, Any],
    service: Service,
    credentials: Mapping[str, Any],
) -> str:
    """A token, from where the target file says, else by the document's OAuth2 password flow."""
    written = config.get("session", {}).get("login")
    if written is not None:
        label = tools.named(document, written["operation"])
        method, _, path = label.partition(" ")
        media = operations(document)[label].get("requestBody", {}).get("content", {})
        form = next(iter(media), "application/json") == _FORM
        pointer = str(written.get("token", "$response.body#/access_token")).partition("#")[2]
    elif (address := _token_url(document)) is not None:
        credentials = {"grant_type": "password", **credentials}
        method, path, form = "POST", urlsplit(urljoin(service.document, address)).path, True
        pointer = "/access_token"
    else:
        message = "nothing says where one logs in: name it in [session]"
        raise SystemExit(message)
    url = f"http://{service.host}:{service.port}{path}"
    body: dict[str, Any] = {"data": credentials} if form else {"json": credentials}
    answer: Any = httpx.request(method, url, timeout=60, **body).raise_for_status().json()
    for piece in pointer.split("/")[1:]:
        answer = answer[piece]
    return str(answer)


def _token_url(document: Mapping[str, Any]) -> str | None:
    for scheme in document.get("components", {}).get("securitySchemes", {}).values():
        flow = scheme.get("flows", {}).get("password")
        if flow is not None:
            return str(flow["tokenUrl"])
    return None
