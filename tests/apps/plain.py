"""Notes in plain ASGI under a hand-written OpenAPI 3.0 document, which it keeps exactly."""

import itertools
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

DOCUMENT = Path(__file__).with_suffix(".yaml").read_bytes()
WORDS = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 415: "Unsupported"}
NUMBER = re.compile(r"[1-9][0-9]{0,17}")
COUNT = re.compile(r"0|[1-9][0-9]{0,5}")
NOTE = {
    "text": (True, lambda value: _text(value, 1, 1000)),
    "label": (True, lambda value: value is None or _text(value, 1, 20)),
    "colour": (False, lambda value: value in ("yellow", "pink", "green")),
    "pinned": (False, lambda value: isinstance(value, bool)),
}
ATTACHMENT = {
    "name": (True, lambda value: _text(value, 1, 100)),
    "bytes": (True, lambda value: _whole(value) and 0 <= value <= 1_000_000),
}


class Refused(Exception):
    def __init__(self, status: int, detail: str = "", **headers: str):
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def _text(value: Any, least: int, most: int) -> bool:
    if not isinstance(value, str) or not least <= len(value) <= most:
        return False
    return not any("\ud800" <= char <= "\udfff" for char in value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _json(headers: dict[str, str], raw: bytes, rules: dict[str, Any]) -> dict[str, Any]:
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json" and (kind or raw):
        raise Refused(415, "send application/json")
    try:
        body = json.loads(raw.decode("utf-8"), parse_float=_number)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "the body is not an object")
    for name in body.keys() - rules.keys():
        raise Refused(400, f"{name!a} is not known")
    for name, (required, holds) in rules.items():
        if name not in body and required:
            raise Refused(400, f"{name} is missing")
        if name in body and not holds(body[name]):
            raise Refused(400, f"{name} is not valid")
    return body


def _query(raw: bytes, name: str, default: int, least: int, most: int) -> int:
    given = parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
    values = [value for key, value in given if key == name]
    if not values:
        return default
    if len(values) > 1 or not COUNT.fullmatch(values[0]) or not least <= int(values[0]) <= most:
        raise Refused(400, f"{name} is not valid")
    return int(values[0])


Answer = tuple[int, dict[str, str], Any]
Route = tuple[re.Pattern[str], dict[str, Callable[..., Answer]]]


class Notes:
    """The service, as an ASGI application."""

    def __init__(self) -> None:
        self.notes: dict[int, dict[str, Any]] = {}
        self.attachments: dict[int, dict[str, Any]] = {}
        self.numbers = itertools.count(1)
        one = r"/notes/(?P<note>[^/]+)"
        self.routes: list[Route] = [
            (re.compile(r"/openapi\.yaml"), {"GET": self.document}),
            (re.compile(r"/labels"), {"GET": self.labels}),
            (re.compile(r"/notes"), {"GET": self.list, "POST": self.create}),
            (
                re.compile(one),
                {"GET": self.read, "PUT": self.replace, "DELETE": self.delete},
            ),
            (re.compile(one + "/attachments"), {"POST": self.attach}),
            (re.compile(one + "/attachments/(?P<attachment>[^/]+)"), {"GET": self.attachment}),
        ]

    def document(self, _: Any) -> Answer:
        return 200, {"content-type": "application/yaml"}, DOCUMENT

    def labels(self, _: Any) -> Answer:
        used = Counter(each["label"] for each in self.notes.values())
        return 200, {}, {label: many for label, many in used.items() if label is not None}

    def list(self, asked: dict[str, Any]) -> Answer:
        first = _query(asked["query"], "first", 0, 0, 100_000)
        most = _query(asked["query"], "max", 10, 1, 50)
        return 200, {}, list(self.notes.values())[first : first + most]

    def create(self, asked: dict[str, Any]) -> Answer:
        body = _json(asked["headers"], asked["body"], NOTE)
        number = next(self.numbers)
        self.notes[number] = {"id": number, "colour": "yellow", "pinned": False, **body}
        return 201, {"location": f"/notes/{number}"}, None

    def note(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not NUMBER.fullmatch(asked["note"]):
            raise Refused(404 if asked["note"].isdigit() else 400, "noteId")
        if int(asked["note"]) not in self.notes:
            raise Refused(404)
        return self.notes[int(asked["note"])]

    def read(self, asked: dict[str, Any]) -> Answer:
        return 200, {}, self.note(asked)

    def replace(self, asked: dict[str, Any]) -> Answer:
        old = self.note(asked)
        body = _json(asked["headers"], asked["body"], NOTE)
        self.notes[old["id"]] = {"id": old["id"], "colour": "yellow", "pinned": False, **body}
        return 204, {}, None

    def delete(self, asked: dict[str, Any]) -> Answer:
        del self.notes[self.note(asked)["id"]]
        return 204, {}, None

    def attach(self, asked: dict[str, Any]) -> Answer:
        note = self.note(asked)["id"]
        body = _json(asked["headers"], asked["body"], ATTACHMENT)
        number = next(self.numbers)
        self.attachments[number] = {"id": number, "noteId": note, **body}
        return 201, {"location": f"/notes/{note}/attachments/{number}"}, None

    def attachment(self, asked: dict[str, Any]) -> Answer:
        note = self.note(asked)["id"]
        if not NUMBER.fullmatch(asked["attachment"]):
            raise Refused(404 if asked["attachment"].isdigit() else 400, "attachmentId")
        found = self.attachments.get(int(asked["attachment"]))
        if found is None or found["noteId"] != note:
            raise Refused(404)
        return 200, {}, found

    def serve(self, scope: Any, headers: dict[str, str], body: bytes) -> Answer:
        for pattern, methods in self.routes:
            match = pattern.fullmatch(scope["path"])
            if match is None:
                continue
            if scope["method"] not in methods:
                raise Refused(405, allow=", ".join(sorted(methods)))
            asked = {"query": scope["query_string"], "headers": headers, "body": body}
            return methods[scope["method"]]({**asked, **match.groupdict()})
        raise Refused(404)

    async def __call__(
        self,
        scope: Any,
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        assert scope["type"] == "http"
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        try:
            status, given, content = self.serve(scope, headers, body)
            kind = {"content-type": "application/json"} if content is not None else {}
        except Refused as refused:
            status, given, kind = refused.status, refused.headers, {}
            kind["content-type"] = "application/problem+json"
            content = {"type": "about:blank", "title": WORDS[status], "status": status}
            content |= {"detail": refused.detail} if refused.detail else {}
        payload = b"" if content is None else content
        if not isinstance(payload, bytes):
            payload = json.dumps(payload).encode()
        if status != 204:
            kind["content-length"] = str(len(payload))
        sent = [(name.encode(), value.encode()) for name, value in {**kind, **given}.items()]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        payload = b"" if scope["method"] == "HEAD" else payload
        await send({"type": "http.response.body", "body": payload})


app = Notes()
