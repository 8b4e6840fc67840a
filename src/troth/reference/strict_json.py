"""Reads a JSON body as RFC 8259 and the schema mean it, refusing what `json.loads` lets through."""

import json
from collections.abc import AsyncIterator
from email.message import Message
from typing import Any, NoReturn

from starlette.requests import Request

from troth.reference.problems import ProblemError

MAX_DEPTH = 64
_MAX_DIGITS = 400


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _number(text: str) -> int | float:
    # JSON Schema counts 1.0 an integer; 1e400 is a number, but beyond every bound.
    value = float(text)
    return int(value) if value.is_integer() else value


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= _MAX_DIGITS else float(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _depth(text: str) -> int:
    depth = deepest = 0
    quoted = escaped = False
    for char in text:
        if quoted:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                break
        elif char in "]}":
            depth -= 1
    return deepest


def parse(raw: bytes) -> Any:
    """The document, or ProblemError 400."""
    try:
        text = raw.decode("utf-8")
        if (text.count("[") + text.count("{")) > MAX_DEPTH and _depth(text) > MAX_DEPTH:
            _refuse(text)
        return json.loads(
            text,
            parse_constant=_refuse,
            parse_float=_number,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise ProblemError(400) from None


def _is_json(content_type: str) -> bool:
    message = Message()
    message["content-type"] = content_type
    charset = message.get_param("charset", "utf-8")
    return (
        message.get_content_type() == "application/json"
        and content_type.lstrip().lower().startswith("application/json")
        and str(charset).lower() in ("utf-8", "utf8")
    )


class StrictRequest(Request):
    """A request whose JSON body is bounded and strictly read."""

    max_body: int = 1024 * 1024

    def require_json(self) -> None:
        """Refuse by its headers a body that is too large, or not JSON."""
        length = self.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self.max_body:
            raise ProblemError(413)
        kinds = self.headers.getlist("content-type")
        empty = length in ("", "0") and "transfer-encoding" not in self.headers
        if (kinds or not empty) and (len(kinds) != 1 or not _is_json(kinds[0])):
            raise ProblemError(415)

    async def _bounded(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self.stream():
            size += len(chunk)
            if size > self.max_body:
                raise ProblemError(413)
            yield chunk

    async def body(self) -> bytes:
        """The whole body, or ProblemError 413 as soon as it is too large."""
        if not hasattr(self, "_body"):
            self._body = b"".join([chunk async for chunk in self._bounded()])
        return self._body

    async def json(self) -> Any:
        """The body, strictly read."""
        return parse(await self.body())
