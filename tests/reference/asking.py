"""Requests of any operation, made of the document's own examples."""

import json
import re
import time
from typing import Any

import httpx

from tests.reference.live import KEYS, STRIPE_SECRET, Live
from troth.reference.domain.stripe import signature

UNKNOWN = "0b9c3c1e-2f0e-4a53-9d0f-6d8a6a7c7c11"
OCTETS = {"Content-Type": "application/octet-stream"}
_PARAMETER = re.compile(r"{(\w+)}")
_STORAGE = "/api/v1/storage"


def example_of(parameter: dict[str, Any]) -> Any:
    """The example of a parameter, in whichever of the places for it."""
    if "example" in parameter:
        return parameter["example"]
    if "examples" in parameter:
        return next(iter(parameter["examples"].values()))["value"]
    return parameter["schema"]["examples"][0]


def body_of(document: dict[str, Any], operation: dict[str, Any]) -> Any:
    """The example of its JSON body; None where it takes none."""
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if media is None:
        return None
    name = media["schema"]["$ref"].rpartition("/")[2]
    return document["components"]["schemas"][name]["examples"][0]


def path_of(path: str, operation: dict[str, Any], values: dict[str, Any]) -> str:
    """The path with `values`; else of a thing that is not there, by a well-formed id."""
    found = {}
    for each in operation.get("parameters", []):
        name, schema = each["name"], each["schema"]
        if each["in"] == "path" and "enum" in schema:
            found[name] = schema["enum"][0]
        elif each["in"] == "path" and schema.get("format") == "uuid":
            found[name] = UNKNOWN
        elif each["in"] == "path":
            found[name] = "no-such-key" if name.endswith("_key") else example_of(each)
    return _PARAMETER.sub(lambda matched: str((found | values)[matched[1]]), path)


def headers_of(live: Live, operation: dict[str, Any], who: str) -> dict[str, str]:
    """Its required headers, with the credential of `who`."""
    headers = {
        each["name"]: str(example_of(each))
        for each in operation.get("parameters", [])
        if each["in"] == "header" and each["required"]
    }
    if operation["security"] == [{"apiKeyAuth": []}]:
        return headers | {"X-API-Key": KEYS.get(who, KEYS["alice"])}
    return headers | (live.auth(who) if operation["security"] else {})


def ask(
    live: Live,
    document: dict[str, Any],
    place: tuple[str, str, dict[str, Any]],
    *,
    who: str = "alice",
    values: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    body: Any = None,
    content: bytes | None = None,
    params: dict[str, Any] | None = None,
) -> httpx.Response:
    """One request, valid but for what is given; of a stream, its beginning only."""
    path, method, operation = place
    sent = headers_of(live, operation, who)
    if content is None:
        content = b"" if method == "put" and "uploads" in path else None
        given = body if body is not None else body_of(document, operation)
        if given is not None:
            content = json.dumps(given).encode()
            sent["Content-Type"] = "application/json"
    if "Stripe-Signature" in sent:
        moment = str(int(time.time()))
        sent["Stripe-Signature"] = f"t={moment},v1={signature(STRIPE_SECRET, moment, content)}"
    sent |= headers or {}
    url = path_of(path, operation, values or {})
    kept = {name: value for name, value in sent.items() if value}
    request = live.client.stream(method.upper(), url, headers=kept, content=content, params=params)
    with request as answer:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            answer.read()
    as_documented(operation, answer)
    return answer


# What HTTP says of messages and connections, not the API.
_OF_HTTP = {"content-length", "content-type", "date", "transfer-encoding", "connection"}


def as_documented(operation: dict[str, Any], answer: httpx.Response) -> None:
    """Whether status and headers of an answer are the documented ones: each of them, no other."""
    name, status = operation["operationId"], answer.status_code
    assert str(status) in operation["responses"], (name, status, answer.text)
    declared = operation["responses"][str(status)]["headers"]
    sent = {each.lower() for each in answer.headers} - _OF_HTTP
    assert sent <= {each.lower() for each in declared}, (name, status)
    required = {each.lower() for each, said in declared.items() if said.get("required", True)}
    assert required <= sent, (name, status)


def prepared(live: Live, name: str, *, gone: bool = False) -> dict[str, Any]:
    """What `name` needs that no example can have: tokens. Of `gone` things they lead nowhere."""
    if name in ("refreshToken", "endOwnSession"):
        return {"body": {"refresh_token": live.login("alice")["refresh_token"]}}
    if name not in ("uploadObject", "downloadObject"):
        return {}
    announced = {"filename": "notes.txt", "content_type": "text/plain", "size": 2}
    leave = live.call("alice", "POST", f"{_STORAGE}/objects/upload-url", json=announced).json()
    place = f"{_STORAGE}/objects/{leave['object_id']}"
    if name == "uploadObject":
        values = {"upload_token": leave["upload_token"]}
        how: dict[str, Any] = {"values": values, "content": b"hi", "headers": OCTETS}
    else:
        live.client.put(leave["upload_url"], content=b"hi", headers=OCTETS)
        found = live.call("alice", "GET", f"{place}/download-url").json()
        how = {"values": {"download_token": found["download_token"]}}
    if gone:
        live.call("alice", "DELETE", place)
    return how
